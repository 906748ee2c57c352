// Line icons on a 16 px grid, drawn with the text's colour.
import { html } from '../core/html.js';

const PATHS = {
  overview: 'M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5H9z',
  services: 'M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5L8 8l5.500-3M8 8v6',
  nodes: 'M2.500 3h11v4h-11zM2.500 9h11v4h-11zM5 5h.01M5 11h.01',
  keys: 'M13.500 5.500a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM8.400 7.600L2.500 13.500M4.500 11.500l1.800 1.800M6.400 9.600l1.600 1.600',
  sessions: 'M4 7V5a4 4 0 0 1 8 0v2M3 7h10v7H3z',
  intentions: 'M2.500 8h9M8.500 4.500L12 8l-3.500 3.500M14 3v10',
  access: 'M8 2l5 2v4c0 3-2.200 5-5 6-2.800-1-5-3-5-6V4z',
  jobs: 'M3 4h10v9.500H3zM5.500 4V2.500h5V4M3 8h10',
  allocations: 'M2.500 3.500h11M2.500 8h11M2.500 12.500h7',
  deployments: 'M8 13V5M4.500 8L8 4.500 11.500 8M3 2.500h10',
  evaluations: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.700 10.700L14 14',
  clients: 'M2.500 3h11v7.500h-11zM6 13.500h4M8 10.500v3',
  packing: 'M2.500 2.500h11v11h-11zM2.500 9h6.500v4.500M9 2.500V9h4.500',
  routes: 'M3 3v3a3 3 0 0 0 3 3h7M10 6l3 3-3 3M3 13v-2',
  targets: 'M8 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM8 9.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  try: 'M4.500 2.500v11l8-5.500z',
  manual: 'M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300z',
  templates: 'M4 2.500h5.500L12.500 5.500v8H4zM9.500 2.500v3h3M6 8.500h4.500M6 11h4.500',
  variables: 'M5.500 2.500c-1.600 0-2 .6-2 2v1.700c0 1-.4 1.800-1.500 1.800 1.100 0 1.500.8 1.500 1.800v1.700c0 1.400.4 2 2 2M10.500 2.500c1.600 0 2 .6 2 2v1.700c0 1 .4 1.800 1.500 1.800-1.100 0-1.500.8-1.500 1.800v1.700c0 1.400-.4 2-2 2',
  servers: 'M8 5.500a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600zM3.800 14a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600zM12.200 14a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600zM7 5.300l-2.300 5.200M9 5.300l2.300 5.200M5.600 12.200h4.800',
  entries: 'M9 2.500h4.500v11H9M2.500 8h7M6.500 5l3 3-3 3',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.700 10.700L14 14',
  menu: 'M2.500 4h11M2.500 8h11M2.500 12h11',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7z',
  folder: 'M2 4h4l1.500 1.500H14V13H2z',
  file: 'M4 2.500h5.500L12.500 5.500v8H4zM9.500 2.500v3h3',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  user: 'M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8zM2.800 14c.5-3 2.600-4.200 5.200-4.200s4.700 1.200 5.200 4.200',
  help: 'M5.800 6a2.200 2.200 0 1 1 3.200 2c-.7.4-1 .8-1 1.600M8 12.200h.01',
};

/** An icon beside a word; it says nothing of its own. */
export const Icon = ({ name }) => html`<svg viewBox="0 0 16 16" width="15" height="15" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"
  stroke-linejoin="round" aria-hidden="true"><path d=${PATHS[name] ?? PATHS.file} /></svg>`;

// Shape and colour say the same, so that neither is needed.
const SHAPES = {
  ok: html`<circle cx="5" cy="5" r="4.2" fill="currentColor" />`,
  warn: html`<path d="M5 .8L9.600 9H.4z" fill="currentColor" />`,
  bad: html`<path d="M1 1l8 8M9 1L1 9" stroke="currentColor" stroke-width="2.200" stroke-linecap="round" />`,
  idle: html`<circle cx="5" cy="5" r="3.600" fill="none" stroke="currentColor" stroke-width="1.500" />`,
  info: html`<path d="M5 .8L9.200 5 5 9.200.8 5z" fill="currentColor" />`,
};
export const Mark = ({ tone }) => html`<svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">${SHAPES[tone] ?? SHAPES.idle}</svg>`;
