/* One element: the card form. Payment Element and Card Element look the same here. */

var FIELDS = [
  { name: 'number', label: 'Card number', hint: 'cc-number', sample: '4242 4242 4242 4242', longest: 23 },
  { name: 'exp_month', label: 'Expiry month', hint: 'cc-exp-month', sample: 'MM', longest: 2 },
  { name: 'exp_year', label: 'Expiry year', hint: 'cc-exp-year', sample: 'YY', longest: 4 },
  { name: 'cvc', label: 'Security code', hint: 'cc-csc', sample: 'CVC', longest: 4 },
  { name: 'postal_code', label: 'Postal code (optional)', hint: 'postal-code', sample: '', longest: 12 },
];
var BRANDS = [[/^4/, 'visa'], [/^(5[1-5]|2[2-7])/, 'mastercard'], [/^3[47]/, 'amex'], [/^6(011|5)/, 'discover']];
var made = 0;

function brandOf(number) {
  var found = BRANDS.filter(function (one) { return one[0].test(number); })[0];
  return found ? found[1] : 'unknown';
}

function luhn(number) {
  return number.split('').reverse().reduce(function (sum, digit, place) {
    var value = Number(digit) * (place % 2 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0) % 10 === 0;
}

/* What is wrong with a field, in Stripe's words; '' if nothing is. */
function fault(name, values) {
  var value = values[name];
  if (name === 'number') {
    if (!/^\d{13,19}$/.test(value)) return 'Your card number is incomplete.';
    return luhn(value) ? '' : 'Your card number is invalid.';
  }
  if (name === 'exp_month') {
    if (!/^\d{1,2}$/.test(value)) return "Your card's expiration date is incomplete.";
    return Number(value) >= 1 && Number(value) <= 12 ? '' : "Your card's expiration month is invalid.";
  }
  if (name === 'exp_year') {
    if (!/^(\d{2}|\d{4})$/.test(value)) return "Your card's expiration date is incomplete.";
    var year = (Number(value) % 100) + 2000;
    return year >= new Date().getFullYear() ? '' : "Your card's expiration year is in the past.";
  }
  if (name === 'cvc') return /^\d{3,4}$/.test(value) ? '' : "Your card's security code is incomplete.";
  return '';
}

function CardForm(group, type, options) {
  this._group = group;
  this._type = type;
  this._options = options || {};
  this._listeners = {};
  this._inputs = {};
  this._errors = {};
  this._root = null;
  this._ready = false;
}

CardForm.prototype = {
  on: function (name, listener) {
    (this._listeners[name] = this._listeners[name] || []).push(listener);
    if (name === 'ready' && this._ready) window.setTimeout(listener, 0, this._event());
    return this;
  },
  once: function (name, listener) {
    var self = this;
    return this.on(name, function first(event) {
      self.off(name, first);
      listener(event);
    });
  },
  off: function (name, listener) {
    this._listeners[name] = (this._listeners[name] || []).filter(function (one) {
      return listener && one !== listener;
    });
    return this;
  },
  mount: function (place) {
    var node = typeof place === 'string' ? document.querySelector(place) : place;
    if (!node) throw new Error('IntegrationError: Invalid DOM element. Call mount() with a valid DOM element or selector.');
    this.unmount();
    var root = (this._root = document.createElement('div'));
    root.className = 'StripeElement StripeElement--sandbox';
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', 'Card details');
    root.setAttribute('data-sandbox-element', this._type);
    this.dressed();
    var prefix = 'stripe-sandbox-' + ++made + '-';
    FIELDS.forEach(function (field) { root.appendChild(this._field(field, prefix)); }, this);
    var note = document.createElement('p');
    note.className = 'ss-note';
    note.textContent = 'Sandbox: test cards only, no money moves.';
    root.appendChild(note);
    node.appendChild(root);
    var self = this;
    window.setTimeout(function () {
      if (self._root !== root) return;
      self._ready = true;
      self._tell('loaderstart', self._event());
      self._tell('ready', self._event());
    }, 0);
  },
  unmount: function () {
    if (this._root) this._root.remove();
    this._root = null;
    this._ready = false;
  },
  destroy: function () {
    this.unmount();
    this._group.drop(this);
    this._listeners = {};
  },
  update: function (options) { Object.assign(this._options, options); },
  focus: function () { if (this._inputs.number) this._inputs.number.focus(); },
  blur: function () { if (this._root && this._root.contains(document.activeElement)) document.activeElement.blur(); },
  clear: function () {
    FIELDS.forEach(function (field) {
      if (this._inputs[field.name]) this._inputs[field.name].value = '';
    }, this);
  },
  collapse: function () {},

  dressed: function () { if (this._root) dress(this._root, this._group.options.appearance); },
  values: function () {
    var inputs = this._inputs, found = {};
    FIELDS.forEach(function (field) {
      found[field.name] = (inputs[field.name] ? inputs[field.name].value : '').trim();
    });
    found.number = found.number.replace(/[\s-]/g, '');
    return found;
  },
  /* The first thing wrong, shown beside its field and focused; null if nothing is. */
  complain: function () {
    var values = this.values(), first = null;
    FIELDS.forEach(function (field) {
      var message = fault(field.name, values);
      this._show(field.name, message);
      if (message && !first) first = { name: field.name, message: message };
    }, this);
    if (first && this._inputs[first.name]) this._inputs[first.name].focus();
    return first && { type: 'validation_error', code: 'incomplete_' + first.name, message: first.message };
  },
  complete: function () {
    var values = this.values();
    return FIELDS.every(function (field) { return !fault(field.name, values); });
  },
  paymentMethodData: function (billing) {
    var values = this.values();
    var details = Object.assign({}, billing);
    if (values.postal_code) details.address = Object.assign({ postal_code: values.postal_code }, details.address);
    return {
      type: 'card',
      card: { number: values.number, exp_month: values.exp_month, exp_year: values.exp_year, cvc: values.cvc },
      billing_details: details,
    };
  },

  _tell: function (name, event) {
    (this._listeners[name] || []).slice().forEach(function (listener) { listener(event); });
  },
  _event: function () { return { elementType: this._type }; },
  _changed: function () {
    var values = this.values();
    var payment = this._type === 'payment';
    this._tell('change', {
      elementType: this._type,
      empty: !values.number && !values.exp_month && !values.exp_year && !values.cvc,
      complete: this.complete(),
      collapsed: false,
      error: undefined,
      brand: brandOf(values.number),
      value: payment ? { type: 'card' } : { postalCode: values.postal_code },
    });
  },
  _show: function (name, message) {
    if (!this._inputs[name]) return;
    this._errors[name].textContent = message;
    if (message) this._inputs[name].setAttribute('aria-invalid', 'true');
    else this._inputs[name].removeAttribute('aria-invalid');
  },
  _field: function (field, prefix) {
    var self = this, box = document.createElement('div');
    box.className = 'ss-field';
    box.setAttribute('data-name', field.name);
    var label = document.createElement('label');
    label.textContent = field.label;
    label.htmlFor = prefix + field.name;
    var input = (this._inputs[field.name] = document.createElement('input'));
    input.id = prefix + field.name;
    input.name = field.name;
    input.placeholder = field.sample;
    input.autocomplete = field.hint;
    input.maxLength = field.longest;
    input.inputMode = field.name === 'postal_code' ? 'text' : 'numeric';
    var error = (this._errors[field.name] = document.createElement('span'));
    error.className = 'ss-error';
    error.id = prefix + field.name + '-error';
    error.setAttribute('role', 'alert');
    input.setAttribute('aria-describedby', error.id);
    input.addEventListener('input', function () {
      if (field.name === 'number') self._group_digits(input);
      self._show(field.name, '');
      self._changed();
    });
    input.addEventListener('focus', function () { self._tell('focus', self._event()); });
    input.addEventListener('blur', function () {
      if (input.value) self._show(field.name, fault(field.name, self.values()));
      self._tell('blur', self._event());
    });
    input.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') self._tell('escape', self._event());
    });
    box.append(label, input, error);
    return box;
  },
  /* Fours, while typing at the end; never while the cursor stands within. */
  _group_digits: function (input) {
    if (input.selectionStart !== null && input.selectionStart < input.value.length) return;
    var digits = input.value.replace(/[^\d]/g, '').slice(0, 19);
    input.value = digits.replace(/(\d{4})(?=\d)/g, '$1 ');
  },
};
