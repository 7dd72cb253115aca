import { Injectable, inject } from '@angular/core';
import { BatchWhileBusy } from './BatchWhileBusy.js';
import { BoundedBuffer } from './BoundedBuffer.js';
import { BufferWithCount } from './BufferWithCount.js';
import { Conflate } from './Conflate.js';
import { ConflateByKey } from './ConflateByKey.js';
import { ControlledRequest } from './ControlledRequest.js';
import { DropLatest } from './DropLatest.js';
import { DropOldest } from './DropOldest.js';
import { KeepLatest } from './KeepLatest.js';
import { LosslessPause } from './LosslessPause.js';
import { LossyPause } from './LossyPause.js';
import { Prefetch } from './Prefetch.js';
import { RateLimit } from './RateLimit.js';
import type { Strategy } from './Strategy.js';

export interface Group {
  readonly title: string;
  readonly strategies: readonly Strategy[];
}

/** All there are, by what becomes of what the consumer has no time for. */
@Injectable({ providedIn: 'root' })
export class Strategies {
  readonly first = inject(Prefetch);
  readonly groups: readonly Group[] = [
    {
      title: 'The source waits',
      strategies: [
        this.first,
        inject(ControlledRequest),
        inject(LosslessPause),
        inject(BufferWithCount),
        inject(RateLimit),
      ],
    },
    {
      title: 'Some are dropped',
      strategies: [
        inject(DropLatest),
        inject(DropOldest),
        inject(KeepLatest),
        inject(LossyPause),
      ],
    },
    {
      title: 'Many become one',
      strategies: [
        inject(Conflate),
        inject(ConflateByKey),
        inject(BatchWhileBusy),
      ],
    },
    { title: 'It fails', strategies: [inject(BoundedBuffer)] },
  ];
}
