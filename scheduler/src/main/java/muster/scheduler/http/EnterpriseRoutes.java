package muster.scheduler.http;

import java.util.List;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;

/** What only the original's Enterprise edition has: refused in its words. */
final class EnterpriseRoutes {
    private static final List<String> PATHS = List.of("/v1/quotas", "/v1/quota-usages", "/v1/quota", "/v1/quota/*name", "/v1/sentinel/policies",
            "/v1/sentinel/policy/*name", "/v1/recommendations", "/v1/recommendations/apply", "/v1/recommendation", "/v1/recommendation/*name",
            "/v1/operator/license", "/v1/operator/utilization");

    private EnterpriseRoutes() {}

    static void add(Routes routes) {
        for (String path : PATHS) {
            for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
                routes.add(method, path, Handlers.direct(call -> Reply.text(501, "Nomad Enterprise only endpoint")));
            }
        }
    }
}
