interface Item {
  readonly text: string;
  readonly link: string;
}

interface Group {
  readonly text: string;
  readonly items: Item[];
}

const page = (text: string, link: string): Item => ({ text, link });

/** Every page of the site; `spec/docs/site.spec.ts` fails where a page below `docs` is missing here. */
export const SIDEBAR: Group[] = [
  {
    text: 'Begin',
    items: [
      page('Getting started', '/getting-started'),
      page('The idea', '/idea'),
      page('Choosing', '/choosing'),
      page('Glossary', '/glossary'),
    ],
  },
  {
    text: 'Guides',
    items: [
      page('Files', '/guides/files'),
      page('HTTP', '/guides/http'),
      page('Sockets', '/guides/sockets'),
      page('Latency against throughput', '/guides/latency'),
      page('Angular', '/angular'),
      page('Joins', '/joins'),
      page('Adaptive demand', '/adaptive'),
      page('Boundaries', '/boundaries'),
      page('RSocket', '/rsocket'),
      page('Testing', '/testing'),
      page('Monitoring', '/monitoring'),
    ],
  },
  {
    text: 'Coming from',
    items: [
      page('RxJS 4', '/from-rxjs4'),
      page('RxJava and Reactor', '/from-rxjava-and-reactor'),
      page('asyncio', '/from-asyncio'),
    ],
  },
  {
    text: 'Reference',
    items: [page('Operators, sources, sinks', '/reference/operators/'), page('API', '/reference/api/')],
  },
  {
    text: 'Inside',
    items: [
      page('Design', '/design'),
      page('Guarantees', '/guarantees'),
      page('Conformance laws', '/laws'),
      page('Mutation testing', '/mutation'),
      page('Dependencies', '/dependencies'),
      page('An operator in one hour', '/an-operator-in-one-hour'),
    ],
  },
];
