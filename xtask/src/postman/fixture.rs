//! A small document with one of everything that the derivation knows, for its tests.

use serde_json::{Value, json};

use crate::postman::document::Document;

/// The document.
pub(super) fn document() -> Document {
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": "Keyhall", "description": "Who may do what.", "version": "0.1.0"},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": "Sessions"}, {"name": "Projects", "description": "What belongs together."}, {"name": "Environments"}],
        "paths": paths(),
        "components": {"schemas": schemas()},
    });
    Document::parse(&root.to_string()).unwrap()
}

fn paths() -> Value {
    let path_parameter =
        |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let project = path_parameter("projectId");
    let environment = path_parameter("environmentId");
    json!({
        "/health/live": {"get": {"operationId": "getLive", "x-permission": {"mode": "public"}, "responses": {"200": {}}}},
        "/v1/projects": {
            "get": {
                "operationId": "listProjects", "tags": ["Projects"], "summary": "List projects.",
                "x-permission": {"name": "project:list", "mode": "filter", "via": "any"},
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer", "default": 0}},
                    {"name": "sort", "in": "query", "required": true, "example": "name", "description": "By what."},
                ],
                "responses": {"200": {}, "401": {}},
            },
            "post": {
                "operationId": "createProject", "tags": ["Projects"], "summary": "Create a project",
                "x-permission": {"name": "project:create", "mode": "require", "via": "any"},
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewProject"}}}},
                "responses": {"201": {}, "409": {}},
            },
        },
        "/v1/projects/{projectId}": {
            "parameters": [project],
            "get": {"operationId": "getProject", "tags": ["Projects"], "responses": {"200": {}}},
            "delete": {"operationId": "deleteProject", "tags": ["Projects"], "responses": {"204": {}, "200": {}}},
        },
        "/v1/projects/{projectId}/environments": {"post": {
            "operationId": "createEnvironment", "tags": ["Environments"], "parameters": [project],
            "requestBody": {"content": {"application/json": {"example": {"name": "Live", "like": {"environmentId": "env_1"}}}}},
            "responses": {"201": {}},
        }},
        "/v1/projects/{projectId}/environments/{environmentId}": {"delete": {
            "operationId": "deleteEnvironment", "tags": ["Environments"], "parameters": [project, environment],
            "responses": {"204": {}},
        }},
        "/v1/sessions": {"post": {
            "operationId": "createSession", "tags": ["Sessions"], "summary": "Begin a session", "security": [],
            "requestBody": {"content": {"application/json": {"example": {"email": "a@example.com", "password": "secret"}}}},
            "responses": {"201": {}},
        }},
        "/v1/sessions/current": {"delete": {
            "operationId": "deleteCurrentSession", "tags": ["Sessions"], "summary": "Sign out", "responses": {"204": {}},
        }},
    })
}

fn schemas() -> Value {
    json!({
        "Name": {"type": "string", "examples": ["Payments"]},
        "Tag": {"type": "string", "enum": ["blue", "green"]},
        "NewProject": {
            "type": "object", "required": ["name", "tags"],
            "properties": {
                "name": {"$ref": "#/components/schemas/Name"},
                "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
                "note": {"type": "string"},
                "id": {"type": "string", "readOnly": true, "example": "prj_1"},
            },
        },
        "Circle": {"$ref": "#/components/schemas/Circle"},
        "Tree": {"type": "object", "required": ["child"], "properties": {"child": {"$ref": "#/components/schemas/Tree"}}},
    })
}
