// What one-time links open. A link's secret stands behind the `#`, which browsers send nowhere; it leaves in the body alone,
// and only when the button is pressed.
"use strict";

const links = {
  invite: {
    title: "Accept your invitation",
    button: "Accept",
    hint: "New here: choose one, 15 characters or more are best. Been here before: the one you have.",
    fields: ["name", "password"],
    path: "v1/invitations/accept",
    done: (result) => `Welcome. You can sign in as ${result.email} now.`,
  },
  reset: {
    title: "Choose a new password",
    button: "Set the password",
    hint: "15 characters or more are best. All your sessions will end.",
    fields: ["password"],
    path: "v1/password-resets/confirm",
    done: () => "Your new password is set. You can sign in with it now.",
  },
  "confirm-email": {
    title: "Confirm your new address",
    button: "Confirm",
    hint: "",
    fields: [],
    path: "v1/email-changes/confirm",
    done: () => "This is your address now. You sign in with it from here on.",
  },
};

const link = links[window.location.pathname.split("/").pop()];
const form = document.getElementById("form");
const answer = document.getElementById("answer");
const token = window.location.hash.slice(1);

// Out of the address bar and the history at once.
window.history.replaceState(null, "", window.location.pathname);

function show(text, isError) {
  answer.textContent = text;
  answer.setAttribute("role", isError ? "alert" : "status");
}

function explain(problem) {
  const violations = (problem.violations || []).map((violation) => `${violation.field} ${violation.message}`);
  return violations.length > 0 ? violations.join("; ") : problem.detail || problem.title;
}

function prepare() {
  document.title = `${link.title} · Keyhall`;
  document.getElementById("title").textContent = link.title;
  document.getElementById("button").textContent = link.button;
  document.getElementById("hint").textContent = link.hint;
  for (const label of form.querySelectorAll("label")) {
    if (!link.fields.includes(label.dataset.for)) label.remove();
  }
  form.hidden = false;
}

async function send(event) {
  event.preventDefault();
  const fields = new FormData(form);
  const body = { token };
  for (const name of link.fields) {
    const value = name === "name" ? fields.get(name).trim() : fields.get(name);
    if (value) body[name] = value;
  }
  try {
    const response = await fetch(link.path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const result = text ? JSON.parse(text) : {};
    if (response.ok) {
      form.remove();
      show(link.done(result), false);
    } else {
      show(explain(result), true);
    }
  } catch {
    show("The server could not be reached. Nothing was changed; try again.", true);
  }
}

prepare();
form.addEventListener("submit", send);
if (!token) {
  form.remove();
  show("This link is not complete: the part behind the # is missing. Copy the whole link.", true);
}
