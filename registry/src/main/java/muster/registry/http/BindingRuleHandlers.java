package muster.registry.http;

import com.google.re2j.Pattern;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.login.Method;
import muster.registry.query.AclRead;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoQuote;
import muster.wire.Key;
import muster.wire.filter.Filter;
import muster.wire.filter.FilterException;
import muster.wire.login.BoundName;
import muster.wire.login.LoginException;

/** Binding rules: what logging in gives. (Consul HTTP API: binding rules) */
final class BindingRuleHandlers {
    static final String SERVICE = "service";
    static final String NODE = "node";
    static final String ROLE = "role";
    private static final Pattern ROLE_NAME = Pattern.compile("[A-Za-z0-9\\-_]{1,256}");

    private final AclApi acl;

    BindingRuleHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a binding rule, as it is written and as it was read. */
    record Body(
            @Key("ID") String id,
            String description,
            String authMethod,
            String selector,
            String bindType,
            String bindName,
            long createIndex,
            long modifyIndex) {
        Body {
            id = id == null ? "" : id;
            authMethod = authMethod == null ? "" : authMethod;
        }
    }

    CompletionStage<Reply> list(Call call) {
        String method = call.query("authmethod");
        return acl.json(call, AclRead.Table.RULES, (sieve, rows) ->
                (method.isEmpty() ? rows.rules().all() : rows.rulesOf(method)).stream().map(AclRows::rule).toList());
    }

    CompletionStage<Reply> read(Call call) {
        String id = AclApi.required(call, "id", "Missing binding rule ID");
        AclApi.requireLength(id, "failed acl binding rule lookup");
        return acl.read(call, AclApi.READ, AclRead.Table.RULES, (sieve, rows) -> rows.rule(id)
                .map(rule -> acl.api.bodies.json(call, 200, AclRows.rule(rule))).orElseGet(() -> Reply.empty(404)));
    }

    CompletionStage<Reply> create(Call call) {
        return put(call, "");
    }

    CompletionStage<Reply> update(Call call) {
        return put(call, call.parameter("id"));
    }

    private CompletionStage<Reply> put(Call call, String id) {
        Body body = AclApi.body(call, Body.class, "BindingRule decoding failed");
        if (!body.id().isEmpty() && !body.id().equals(id)) {
            throw AclApi.badRequest("BindingRule ID in URL and payload do not match");
        }
        acl.api.require(call, AclApi.WRITE);
        Acl rows = acl.acl();
        String method = method(id, body, rows);
        BindingRule rule = new BindingRule(id.isEmpty() ? acl.newId() : id, body.description(), method, body.selector(),
                body.bindType(), body.bindName(), 0, 0);
        validate(rule, rows.method(method).orElseThrow(
                () -> ApiException.refused("cannot find auth method with name " + GoQuote.quote(method))));
        return acl.change(call, AclApi.WRITE, new AclChange.PutRule(rule)).thenApply(done ->
                acl.api.bodies.json(call, 200, AclRows.rule(acl.acl().rule(rule.id()).orElse(rule))));
    }

    private static String method(String id, Body body, Acl rows) {
        String method = body.authMethod();
        if (!id.isEmpty()) {
            if (!AclApi.isUuid(id)) {
                throw ApiException.refused("Binding Rule ID invalid UUID");
            }
            BindingRule present = rows.rule(id).orElseThrow(() -> ApiException.refused("cannot find binding rule " + id));
            if (!method.isEmpty() && !method.equals(present.authMethod())) {
                throw ApiException.refused("the AuthMethod field of an Binding Rule is immutable");
            }
            method = present.authMethod();
        }
        if (method.isEmpty()) {
            throw ApiException.refused("Invalid Binding Rule: no AuthMethod is set");
        }
        return method;
    }

    private static void validate(BindingRule rule, AuthMethod authMethod) {
        Method method;
        try {
            method = Method.of(authMethod);
        } catch (LoginException e) {
            throw ApiException.refused(e.getMessage());
        }
        try {
            Filter.of(rule.selector(), method.shape());
        } catch (FilterException e) {
            throw ApiException.refused("invalid Binding Rule: Selector is invalid: "
                    + e.getMessage().replaceFirst("^Failed to create boolean expression evaluator: ", ""));
        }
        if (rule.bindType().isEmpty()) {
            throw ApiException.refused("Invalid Binding Rule: no BindType is set");
        }
        if (rule.bindName().isEmpty()) {
            throw ApiException.refused("Invalid Binding Rule: no BindName is set");
        }
        if (!List.of(SERVICE, NODE, ROLE).contains(rule.bindType())) {
            throw ApiException.refused("Invalid Binding Rule: unknown BindType " + GoQuote.quote(rule.bindType()));
        }
        Map<String, String> sample = new HashMap<>();
        method.variables().forEach(name -> sample.put(name, "fake"));
        if (BoundName.of(rule.bindName(), sample).filter(name -> isName(rule.bindType(), name)).isEmpty()) {
            throw ApiException.refused("Invalid Binding Rule: invalid BindName");
        }
    }

    /** Whether what is bound may have this name. */
    static boolean isName(String bindType, String name) {
        return bindType.equals(ROLE) ? ROLE_NAME.matcher(name).matches() : GrantsBody.isName(name);
    }

    CompletionStage<Reply> delete(Call call) {
        String id = AclApi.required(call, "id", "Missing binding rule ID");
        acl.api.require(call, AclApi.WRITE);
        AclApi.requireLength(id, "failed acl binding rule lookup");
        return acl.change(call, AclApi.WRITE, new AclChange.DeleteRule(id))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }
}
