/** What `docs/monitoring/dashboard.json` is to be, by Grafana's own types. */
import type { Dashboard, FieldConfig, FieldConfigSource, Panel } from '@grafana/schema';
import type {
  Options,
  FieldConfig as SeriesConfig,
} from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** As JSON has it: the values of an enumeration, not their names. */
type Written<T> = T extends string
  ? `${T}`
  : T extends number
    ? `${T}` extends `${infer N extends number}`
      ? N
      : never
    : T extends object
      ? { [K in keyof T]: Written<T[K]> }
      : T;

interface Query {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: { readonly type: 'prometheus'; readonly uid: string };
}

/** What a panel has for options is known to its plugin alone. */
interface Series extends Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  readonly type: 'timeseries';
  readonly options: Options;
  readonly fieldConfig: FieldConfigSource & {
    readonly defaults: FieldConfig & { readonly custom?: SeriesConfig };
  };
  readonly targets: Query[];
}

export type Board = Written<Omit<Dashboard, 'panels'> & { panels: Series[] }>;
