package muster.registry.http;

import com.google.re2j.Pattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.AccessSettings;
import muster.registry.identity.AuthMethod;
import muster.registry.login.Method;
import muster.registry.query.AclRead;
import muster.registry.state.AclChange;
import muster.wire.GoDuration;
import muster.wire.Key;
import muster.wire.login.LoginException;

/** Auth methods. (Consul HTTP API: auth methods) */
final class AuthMethodHandlers {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9\\-_]{1,128}");

    private final AclApi acl;

    AuthMethodHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of an auth method, as it is written and as it was read. */
    record Body(
            String name,
            String type,
            String displayName,
            String description,
            @Key("MaxTokenTTL") Duration maxTokenTtl,
            String tokenLocality,
            Map<String, Object> config,
            long createIndex,
            long modifyIndex) {
        Body {
            name = name == null ? "" : name;
            type = type == null ? "" : type;
            tokenLocality = tokenLocality == null ? "" : tokenLocality;
            maxTokenTtl = maxTokenTtl == null ? Duration.ZERO : maxTokenTtl;
        }
    }

    CompletionStage<Reply> list(Call call) {
        return acl.json(call, AclRead.Table.METHODS,
                (sieve, rows) -> rows.methods().all().stream().map(AclRows::methodStub).toList());
    }

    CompletionStage<Reply> read(Call call) {
        String name = AclApi.required(call, "name", "Missing auth method name");
        return acl.read(call, AclApi.READ, AclRead.Table.METHODS, (sieve, rows) -> rows.method(name)
                .map(method -> acl.api.bodies.json(call, 200, AclRows.method(method))).orElseGet(() -> Reply.empty(404)));
    }

    CompletionStage<Reply> create(Call call) {
        return put(call, "");
    }

    CompletionStage<Reply> update(Call call) {
        return put(call, call.parameter("name"));
    }

    private CompletionStage<Reply> put(Call call, String path) {
        Body body = AclApi.body(call, Body.class, "AuthMethod decoding failed");
        if (!path.isEmpty() && !body.name().isEmpty() && !body.name().equals(path)) {
            throw AclApi.badRequest("AuthMethod Name in URL and payload do not match");
        }
        acl.api.require(call, AclApi.WRITE);
        String name = body.name().isEmpty() ? path : body.name();
        AuthMethod method = method(name, body);
        return acl.change(call, AclApi.WRITE, new AclChange.PutMethod(method)).thenApply(done ->
                acl.api.bodies.json(call, 200, AclRows.method(acl.acl().method(name).orElse(method))));
    }

    private AuthMethod method(String name, Body body) {
        if (name.isEmpty()) {
            throw ApiException.refused("Invalid Auth Method: no Name is set");
        }
        if (!NAME.matcher(name).matches()) {
            throw ApiException.refused("Invalid Auth Method: invalid Name. Only alphanumeric characters, '-' and '_' are allowed");
        }
        Optional<AuthMethod> present = acl.acl().method(name);
        String type = body.type().isEmpty() ? present.map(AuthMethod::type).orElse("") : body.type();
        if (present.filter(other -> !other.type().equals(type)).isPresent()) {
            throw ApiException.refused("the Type field of an Auth Method is immutable");
        }
        if (!Method.TYPES.contains(type)) {
            throw ApiException.refused("Invalid Auth Method: Type should be one of: [" + String.join(" ", Method.TYPES) + "]");
        }
        requireLifetime(body.maxTokenTtl());
        if (!List.of("", "local", "global").contains(body.tokenLocality())) {
            throw ApiException.refused("Invalid Auth Method: TokenLocality should be one of 'local' or 'global'");
        }
        AuthMethod method = new AuthMethod(name, type, body.displayName(), body.description(), body.maxTokenTtl(),
                body.tokenLocality(), body.config(), 0, 0);
        try {
            Method.of(method);
        } catch (LoginException e) {
            throw ApiException.refused("Invalid Auth Method: " + e.getMessage());
        }
        return method;
    }

    private void requireLifetime(Duration life) {
        AccessSettings settings = acl.settings();
        if (life.isZero()) {
            return;
        }
        if (life.compareTo(settings.longestExpiration()) > 0) {
            throw ApiException.refused("MaxTokenTTL " + GoDuration.format(life) + " cannot be more than "
                    + GoDuration.format(settings.longestExpiration()));
        }
        if (life.compareTo(settings.leastExpiration()) < 0) {
            throw ApiException.refused("MaxTokenTTL " + GoDuration.format(life) + " cannot be less than "
                    + GoDuration.format(settings.leastExpiration()));
        }
    }

    CompletionStage<Reply> delete(Call call) {
        String name = AclApi.required(call, "name", "Missing auth method name");
        return acl.change(call, AclApi.WRITE, new AclChange.DeleteMethod(name))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }
}
