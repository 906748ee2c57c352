package muster.registry.http;

import java.util.List;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;

/** The endpoints of access control while it is off: each answers that. (Consul HTTP API: ACLs) */
final class AclOff {
    private static final List<String> ENDPOINTS = List.of(
            "PUT bootstrap", "GET tokens", "PUT token", "GET token/*id", "PUT token/*id", "DELETE token/*id",
            "GET policies", "PUT policy", "GET policy/*id", "PUT policy/*id", "DELETE policy/*id",
            "GET roles", "PUT role", "GET role/*id", "PUT role/*id", "DELETE role/*id",
            "GET auth-methods", "PUT auth-method", "GET auth-method/*name", "PUT auth-method/*name",
            "DELETE auth-method/*name",
            "GET binding-rules", "PUT binding-rule", "GET binding-rule/*id", "PUT binding-rule/*id",
            "DELETE binding-rule/*id",
            "POST login", "POST logout", "GET replication", "POST rules/translate", "GET rules/translate/*id",
            "GET list", "PUT create", "PUT update", "GET info/*id", "PUT clone/*id", "PUT destroy/*id");

    private AclOff() {}

    static void add(Routes routes) {
        Handler off = Handlers.direct(call -> Reply.text(401, "ACL support disabled"));
        for (String endpoint : ENDPOINTS) {
            String[] parts = endpoint.split(" ");
            routes.add(parts[0], "/v1/acl/" + parts[1], off);
        }
    }
}
