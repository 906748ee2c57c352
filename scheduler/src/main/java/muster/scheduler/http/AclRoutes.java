package muster.scheduler.http;

import java.util.List;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.http.Routes;
import muster.scheduler.broker.Writer;

/** {@code /v1/acl/...} (API pages "ACL Tokens", "ACL Policies", "ACL Roles", "ACL Auth Methods", "ACL Binding Rules", "ACL Login"). While access control is off, all of it is refused. */
final class AclRoutes {
    private final Answers answers;
    private final PolicyRoutes policies;
    private final RoleRoutes roles;
    private final TokenRoutes tokens;
    private final AuthMethodRoutes methods;
    private final BindingRuleRoutes rules;
    private final LoginRoute login;

    AclRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        policies = new PolicyRoutes(answers, writer);
        roles = new RoleRoutes(answers, writer);
        tokens = new TokenRoutes(answers, writer);
        methods = new AuthMethodRoutes(answers, writer);
        rules = new BindingRuleRoutes(answers, writer);
        login = new LoginRoute(answers, writer);
    }

    void add(Routes routes) {
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            routes.add(method, "/v1/acl/*rest", Handlers.blocking(this::serve));
        }
    }

    private Reply serve(Call call) {
        if (!answers.access().isOn()) {
            throw new ApiException(400, "ACL support disabled");
        }
        String[] parts = call.parameter("rest").split("/", 2);
        String rest = parts.length < 2 ? "" : parts[1];
        return switch (parts[0]) {
            case "bootstrap" -> tokens.bootstrap(call);
            case "policies" -> policies.list(call);
            case "policy" -> policies.one(call, rest);
            case "roles" -> roles.list(call);
            case "role" -> roles.one(call, rest);
            case "tokens" -> tokens.list(call);
            case "token" -> tokens.one(call, rest);
            case "auth-methods" -> methods.list(call);
            case "auth-method" -> methods.one(call, rest, parts.length > 1);
            case "binding-rules" -> rules.list(call);
            case "binding-rule" -> rules.one(call, rest, parts.length > 1);
            case "login" -> login.login(call);
            case "oidc" -> throw new ApiException(400, LoginRoute.NO_OIDC);
            default -> Reply.empty(404);
        };
    }
}
