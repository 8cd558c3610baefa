/* The look of the elements, after the `appearance` option: themes and the variables most used. */

var THEMES = {
  stripe: { primary: '#4f46e5', background: '#ffffff', text: '#1f2430', danger: '#b42318', line: '#d0d5dd', muted: '#5d6473' },
  night: { primary: '#a5a0ff', background: '#1c2027', text: '#e6e8eb', danger: '#ff8f85', line: '#4a5160', muted: '#a3aab8' },
  flat: { primary: '#4f46e5', background: '#f3f4f6', text: '#1f2430', danger: '#b42318', line: '#f3f4f6', muted: '#5d6473' },
};

var SHEET =
  '.StripeElement--sandbox{display:grid;grid-template-columns:repeat(6,1fr);gap:.75em;font-family:var(--ss-font);' +
  'font-size:var(--ss-size);color:var(--ss-text);text-align:left}' +
  '.ss-field{display:flex;flex-direction:column;gap:.3em;grid-column:span 2;min-width:0}' +
  '.ss-field[data-name=number]{grid-column:span 6}.ss-field[data-name=postal_code]{grid-column:span 6}' +
  '.ss-field label{font-size:.875em;color:var(--ss-muted)}' +
  '.ss-field input{box-sizing:border-box;width:100%;padding:.65em .75em;font:inherit;color:inherit;' +
  'background:var(--ss-background);border:1px solid var(--ss-line);border-radius:var(--ss-radius)}' +
  '.ss-field input::placeholder{color:var(--ss-muted);opacity:1}' +
  '.ss-field input:focus{outline:2px solid var(--ss-primary);outline-offset:1px}' +
  '.ss-field input[aria-invalid=true]{border-color:var(--ss-danger)}' +
  '.ss-error{font-size:.8125em;color:var(--ss-danger)}.ss-error:empty{display:none}' +
  '.ss-note{grid-column:span 6;margin:0;font-size:.8125em;color:var(--ss-muted)}' +
  'dialog.ss-dialog{max-width:24rem;padding:1.5rem;border:1px solid var(--ss-line);border-radius:12px;' +
  'font-family:var(--ss-font);color:var(--ss-text);background:var(--ss-background)}' +
  'dialog.ss-dialog::backdrop{background:rgba(10,12,20,.6)}' +
  '.ss-dialog h2{margin:0 0 .5rem;font-size:1.2rem}.ss-dialog p{margin:0 0 1rem}' +
  '.ss-dialog button{width:100%;margin-top:.5rem;padding:.7rem;font:inherit;color:inherit;cursor:pointer;' +
  'background:transparent;border:1px solid var(--ss-line);border-radius:8px}' +
  '.ss-dialog button:first-of-type{color:#fff;background:#4f46e5;border-color:#4f46e5}' +
  '.ss-dialog button:focus-visible{outline:2px solid var(--ss-primary);outline-offset:2px}' +
  '@media (max-width:30em){.ss-field{grid-column:span 3}.ss-field[data-name=cvc]{grid-column:span 6}}';

/* A constructed sheet where there is one: a strict Content-Security-Policy forbids inline styles. */
function addSheet() {
  if (document.documentElement.hasAttribute('data-stripe-sandbox')) return;
  document.documentElement.setAttribute('data-stripe-sandbox', '');
  if (document.adoptedStyleSheets && window.CSSStyleSheet && CSSStyleSheet.prototype.replaceSync) {
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    document.adoptedStyleSheets = document.adoptedStyleSheets.concat([sheet]);
    return;
  }
  var style = document.createElement('style');
  style.textContent = SHEET;
  document.head.appendChild(style);
}

var worn = null; /* the appearance last given, for the dialog */

function preferred() {
  var dark = window.matchMedia && window.matchMedia('(prefers-color-scheme: dark)').matches;
  return worn || { theme: dark ? 'night' : 'stripe' };
}

function dress(node, appearance) {
  addSheet();
  var given = appearance || {};
  if (appearance) worn = appearance;
  var theme = THEMES[given.theme] || THEMES.stripe;
  var variables = given.variables || {};
  var values = {
    primary: variables.colorPrimary || theme.primary,
    background: variables.colorBackground || theme.background,
    text: variables.colorText || theme.text,
    danger: variables.colorDanger || theme.danger,
    line: theme.line,
    muted: variables.colorTextSecondary || theme.muted,
    font: variables.fontFamily || 'system-ui, sans-serif',
    size: variables.fontSizeBase || '16px',
    radius: variables.borderRadius || '6px',
  };
  Object.keys(values).forEach(function (name) {
    node.style.setProperty('--ss-' + name, values[name]);
  });
}
