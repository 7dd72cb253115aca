import { Injectable } from '@angular/core';
import {
  controlledRequest,
  DemandHandle,
} from 'rxjs-backpressure';
import { Strategy } from './Strategy.js';

@Injectable({ providedIn: 'root' })
export class ControlledRequest extends Strategy {
  override readonly name = 'controlledRequest';
  override readonly says =
    'Nothing comes until somebody presses the button.';

  override readonly more = new DemandHandle();

  override readonly items$ = this.feed.pulled$.pipe(
    controlledRequest(this.more),
  );
}
