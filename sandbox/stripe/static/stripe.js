/* window.Stripe, as @stripe/stripe-js 10 and @stripe/react-stripe-js 7 want it: a function, not a class. */

var INCOMPLETE = { type: 'validation_error', code: 'incomplete_payment_details', message: 'Your card information is incomplete.' };

function Stripe(key, options) {
  if (typeof key !== 'string' || !/^pk_/.test(key)) {
    throw new Error('IntegrationError: Invalid value for Stripe(): apiKey should be a publishable key.');
  }
  if (/^pk_live_/.test(key)) {
    throw new Error('IntegrationError: this is the Stripe sandbox, which takes no live key.');
  }
  var version = options && options.apiVersion ? { _stripe_version: options.apiVersion } : {};

  function confirm(secret, params) {
    var base = { client_secret: secret, use_stripe_sdk: true };
    return send(key, 'POST', intentOf(secret).path + '/confirm', Object.assign(base, version, params));
  }

  function confirmAndAct(secret, params, handle) {
    return confirm(secret, params).then(function (body) {
      return handle === false ? outcome(intentOf(secret), body) : afterAction(key, secret, body);
    });
  }

  /* confirmSetup and confirmPayment: the card from the Elements, and the way back unless it is not needed. */
  function confirmElements(given) {
    var group = given.elements;
    var secret = given.clientSecret || (group && group.options.clientSecret);
    var params = given.confirmParams || {};
    var data = params.payment_method_data || {};
    var body = { return_url: params.return_url };
    if (typeof params.payment_method === 'string') {
      body.payment_method = params.payment_method;
    } else if (group && group.form()) {
      var error = group.form().complain();
      if (error) return Promise.resolve({ error: Object.assign({}, INCOMPLETE, { message: error.message }) });
      body.payment_method_data = group.form().paymentMethodData(data.billing_details);
    }
    return confirmAndAct(secret, body).then(function (result) {
      if (!result.error && given.redirect !== 'if_required' && params.return_url) leave(params.return_url, secret, result);
      return result;
    });
  }

  function leave(back, secret, result) {
    var intent = intentOf(secret), now = result[intent.name], url = new URL(back, window.location.href);
    url.searchParams.set(intent.param, now.id);
    url.searchParams.set(intent.param + '_client_secret', secret);
    url.searchParams.set('redirect_status', /^(succeeded|requires_capture)$/.test(now.status) ? 'succeeded' : 'failed');
    window.location.assign(url.toString());
  }

  /* confirmCardSetup and confirmCardPayment. */
  function confirmCard(secret, data, how) {
    var method = data && data.payment_method, params = {};
    if (typeof method === 'string') {
      params.payment_method = method;
    } else if (method && method.card instanceof CardForm) {
      var error = method.card.complain();
      if (error) return Promise.resolve({ error: error });
      params.payment_method_data = method.card.paymentMethodData(method.billing_details);
    }
    if (data && data.return_url) params.return_url = data.return_url;
    return confirmAndAct(secret, params, how && how.handleActions);
  }

  function retrieve(secret) {
    var intent = intentOf(secret);
    return send(key, 'GET', intent.path, { client_secret: secret }).then(function (body) { return outcome(intent, body); });
  }

  function act(secret) {
    return send(key, 'GET', intentOf(secret).path, { client_secret: secret }).then(function (body) {
      return afterAction(key, secret, body);
    });
  }

  function createPaymentMethod(given) {
    var form = given.elements ? given.elements.form() : given.card;
    var error = form.complain();
    if (error) return Promise.resolve({ error: error });
    var billing = given.billing_details || (given.params && given.params.billing_details);
    return send(key, 'POST', '/v1/payment_methods', form.paymentMethodData(billing)).then(function (body) {
      return body.error ? { error: body.error } : { paymentMethod: body };
    });
  }

  function absent(what) {
    return function () {
      return Promise.resolve({ error: { type: 'invalid_request_error', message: what + ' is not part of this sandbox.' } });
    };
  }

  return {
    _registerWrapper: function () {},
    registerAppInfo: function () {},
    elements: function (given) { return new Elements(given); },
    confirmSetup: confirmElements,
    confirmPayment: confirmElements,
    confirmCardSetup: confirmCard,
    confirmCardPayment: confirmCard,
    handleNextAction: function (given) { return act(given.clientSecret); },
    handleCardAction: act,
    retrieveSetupIntent: retrieve,
    retrievePaymentIntent: retrieve,
    createPaymentMethod: createPaymentMethod,
    createToken: absent('createToken'),
    createSource: absent('createSource'),
    createConfirmationToken: absent('createConfirmationToken'),
  };
}

Stripe.version = 'endive';
window.Stripe = Stripe;
