// Accepts an invitation. The link's secret stands behind the `#`, which browsers send nowhere; it leaves in the body alone.
"use strict";

const form = document.getElementById("accept");
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

async function accept(event) {
  event.preventDefault();
  const fields = new FormData(form);
  const body = { token, password: fields.get("password") };
  const name = fields.get("name").trim();
  if (name) body.name = name;
  try {
    const response = await fetch("v1/invitations/accept", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const result = await response.json();
    if (response.ok) {
      form.remove();
      show(`Welcome. You can sign in as ${result.email} now.`, false);
    } else {
      show(explain(result), true);
    }
  } catch {
    show("The server could not be reached. Nothing was changed; try again.", true);
  }
}

form.addEventListener("submit", accept);
if (!token) {
  form.remove();
  show("This link is not complete: the part behind the # is missing. Copy the whole link.", true);
}
