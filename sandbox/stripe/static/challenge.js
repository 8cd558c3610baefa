/* The bank's question. Real Stripe.js opens the bank's page in a dialog; here the dialog itself is the bank. */

function ask(id) {
  return new Promise(function (answer) {
    var before = document.activeElement;
    var dialog = document.createElement('dialog');
    dialog.className = 'ss-dialog';
    dialog.setAttribute('role', 'dialog');
    dialog.setAttribute('aria-modal', 'true');
    dialog.setAttribute('aria-labelledby', 'ss-dialog-title');
    dialog.setAttribute('data-sandbox-3ds', id);
    dress(dialog, preferred());
    var title = document.createElement('h2');
    title.id = 'ss-dialog-title';
    title.textContent = '3-D Secure authentication';
    var text = document.createElement('p');
    text.textContent = 'Your bank asks whether this is you. This is a sandbox: choose the answer.';
    dialog.append(title, text, choice('Complete', 'succeed'), choice('Fail', 'fail'));

    function choice(label, value) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', function () { done(value); });
      return button;
    }
    function done(value) {
      dialog.remove();
      if (before && before.focus) before.focus();
      answer(value);
    }
    dialog.addEventListener('cancel', function (event) {
      event.preventDefault();
      done('fail');
    });
    document.body.appendChild(dialog);
    if (dialog.showModal) dialog.showModal();
    else dialog.setAttribute('open', '');
    dialog.querySelector('button').focus();
  });
}

/* Asks if the intent wants it, and resolves to what the intent became. */
function afterAction(key, secret, body) {
  var intent = intentOf(secret);
  if (body.error || body.status !== 'requires_action') return Promise.resolve(outcome(intent, body));
  return ask(intent.id)
    .then(function (value) {
      return send(key, 'POST', '/_sandbox/3ds/' + intent.id, { client_secret: secret, outcome: value });
    })
    .then(function () { return send(key, 'GET', intent.path, { client_secret: secret }); })
    .then(function (now) {
      var error = now.last_setup_error || now.last_payment_error;
      return error && now.status === 'requires_payment_method' ? { error: error } : outcome(intent, now);
    });
}
