package muster.registry.http;

import java.util.UUID;
import java.util.function.Supplier;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Routes;

/** The list of the endpoints of access control, one line each. */
final class AclRoutes {
    private final Routes routes;
    private final AclApi acl;

    private AclRoutes(Routes routes, AclApi acl) {
        this.routes = routes;
        this.acl = acl;
    }

    static void add(Routes routes, Api api, Supplier<UUID> ids) {
        new AclRoutes(routes, new AclApi(api, ids)).addAll();
    }

    private void addAll() {
        AclHandlers whole = new AclHandlers(acl);
        add("PUT", "bootstrap", Handlers.blocking(whole::bootstrap));
        add("GET", "replication", whole::replication);
        add("POST", "rules/translate", whole::translate);
        add("GET", "rules/translate/*id", whole::translateToken);
        routes.add("POST", "/v1/internal/acl/authorize", Routes.DEFAULT_MAX_BODY, acl.guarded(whole::authorize));

        TokenHandlers tokens = new TokenHandlers(acl);
        add("GET", "tokens", tokens::list);
        add("PUT", "token", tokens::create);
        add("GET", "token/self", tokens::self);
        add("GET", "token/*id", tokens::read);
        add("PUT", "token/*id", tokens::update);
        add("DELETE", "token/*id", tokens::delete);

        PolicyHandlers policies = new PolicyHandlers(acl);
        add("GET", "policies", policies::list);
        add("PUT", "policy", policies::create);
        add("GET", "policy/name/*name", policies::readByName);
        add("GET", "policy/*id", policies::read);
        add("PUT", "policy/*id", policies::update);
        add("DELETE", "policy/*id", policies::delete);

        RoleHandlers roles = new RoleHandlers(acl);
        add("GET", "roles", roles::list);
        add("PUT", "role", roles::create);
        add("GET", "role/name/*name", roles::readByName);
        add("GET", "role/*id", roles::read);
        add("PUT", "role/*id", roles::update);
        add("DELETE", "role/*id", roles::delete);

        AuthMethodHandlers methods = new AuthMethodHandlers(acl);
        add("GET", "auth-methods", methods::list);
        add("PUT", "auth-method", methods::create);
        add("GET", "auth-method/*name", methods::read);
        add("PUT", "auth-method/*name", methods::update);
        add("DELETE", "auth-method/*name", methods::delete);

        BindingRuleHandlers rules = new BindingRuleHandlers(acl);
        add("GET", "binding-rules", rules::list);
        add("PUT", "binding-rule", rules::create);
        add("GET", "binding-rule/*id", rules::read);
        add("PUT", "binding-rule/*id", rules::update);
        add("DELETE", "binding-rule/*id", rules::delete);

        LoginHandlers logins = new LoginHandlers(acl);
        add("POST", "login", Handlers.blocking(logins::login));
        add("POST", "logout", logins::logout);

        LegacyTokenHandlers legacy = new LegacyTokenHandlers(acl);
        add("PUT", "create", legacy::create);
        add("PUT", "update", legacy::update);
        add("PUT", "destroy/*id", legacy::destroy);
        add("PUT", "clone/*id", legacy::copy);
        add("GET", "info/*id", legacy::info);
        add("GET", "list", legacy::list);
    }

    private void add(String method, String path, Handler handler) {
        routes.add(method, "/v1/acl/" + path, acl.guarded(handler));
    }
}
