/* Talking to the sandbox, as Stripe.js talks to api.stripe.com: forms, the publishable key as a parameter. */

var ORIGIN =
  window.STRIPE_SANDBOX ||
  (document.currentScript && document.currentScript.src && new URL(document.currentScript.src).origin) ||
  window.location.origin;

function encode(value, name) {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [encodeURIComponent(name) + '=' + encodeURIComponent(value)];
  return Object.keys(value).flatMap(function (key) {
    return encode(value[key], name ? name + '[' + key + ']' : key);
  });
}

function send(key, method, path, params) {
  var form = encode(Object.assign({ key: key }, params)).join('&');
  var get = method === 'GET';
  return window
    .fetch(ORIGIN + path + (get ? '?' + form : ''), {
      method: method,
      headers: get
        ? { Accept: 'application/json' }
        : { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: get ? undefined : form,
    })
    .then(function (response) {
      return response.json();
    })
    .catch(function (failure) {
      return { error: { type: 'api_connection_error', message: 'We could not reach the payment sandbox. ' + failure } };
    });
}

/* What a client secret belongs to. */
function intentOf(secret) {
  var found = /^((seti|pi)_[A-Za-z0-9]+)_secret_/.exec(secret || '');
  if (!found) throw new Error('IntegrationError: Invalid value for clientSecret: a client secret is expected.');
  var setup = found[2] === 'seti';
  return {
    id: found[1],
    path: '/v1/' + (setup ? 'setup_intents/' : 'payment_intents/') + found[1],
    name: setup ? 'setupIntent' : 'paymentIntent',
    param: setup ? 'setup_intent' : 'payment_intent',
  };
}

/* { setupIntent } or { paymentIntent } or { error }, as every method of Stripe.js answers. */
function outcome(intent, body) {
  if (body.error) return { error: body.error };
  var result = {};
  result[intent.name] = body;
  return result;
}
