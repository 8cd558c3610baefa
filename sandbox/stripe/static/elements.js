/* The group of elements that `stripe.elements()` gives: one of each type. */

function Elements(options) {
  this.options = Object.assign({}, options);
  this._list = [];
}

Elements.prototype = {
  create: function (type, options) {
    if (this.getElement(type)) {
      throw new Error('IntegrationError: Can only create one Element of type ' + type + '.');
    }
    var element = new CardForm(this, type, options);
    this._list.push(element);
    return element;
  },
  /* By type, or by the React component that carries it. */
  getElement: function (type) {
    var name = typeof type === 'string' ? type : type && type.__elementType;
    return this._list.filter(function (one) { return one._type === name; })[0] || null;
  },
  update: function (options) {
    Object.assign(this.options, options);
    this._list.forEach(function (element) { element.dressed(); });
  },
  fetchUpdates: function () { return Promise.resolve({}); },
  submit: function () {
    var form = this.form();
    var error = form && form.complain();
    return Promise.resolve(error ? { error: error } : { selectedPaymentMethod: 'card' });
  },
  on: function () { return this; },
  off: function () { return this; },

  /* The element that takes the card. */
  form: function () { return this.getElement('payment') || this.getElement('card') || this._list[0] || null; },
  drop: function (element) { this._list = this._list.filter(function (one) { return one !== element; }); },
};
