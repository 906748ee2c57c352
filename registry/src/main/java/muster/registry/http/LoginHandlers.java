package muster.registry.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Need;
import muster.registry.identity.AuthMethod;
import muster.registry.identity.BindingRule;
import muster.registry.identity.Grants;
import muster.registry.identity.Token;
import muster.registry.login.Identity;
import muster.registry.login.Method;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoQuote;
import muster.wire.Json;
import muster.wire.filter.Filter;
import muster.wire.login.BoundName;
import muster.wire.login.LoginException;

/** Tokens for proofs of identity. (Consul HTTP API: login, logout) */
final class LoginHandlers {
    private final AclApi acl;

    LoginHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a login. */
    record Body(String authMethod, String bearerToken, Map<String, String> meta, String namespace) {
        Body {
            authMethod = authMethod == null ? "" : authMethod;
            bearerToken = bearerToken == null ? "" : bearerToken;
            meta = meta == null ? Map.of() : meta;
        }

        /** Without the proof, which never reaches a log. */
        @Override
        public String toString() {
            return "Body[" + authMethod + "]";
        }
    }

    /** May ask other servers, so it blocks. */
    Reply login(Call call) {
        Body body = AclApi.body(call, Body.class, "Failed to decode request body");
        acl.api.requireDatacenter(call);
        acl.api.requireLeader();
        Acl rows = acl.acl();
        AuthMethod method = rows.method(body.authMethod()).orElseThrow(() -> new ApiException(403, "ACL not found"));
        Instant now = acl.api.registry().access().now();
        Grants grants = bound(method, body.bearerToken(), rows, now, acl.api.registry().datacenter());
        if (grants.isEmpty()) {
            throw new ApiException(403, "Permission denied");
        }
        Optional<Instant> end = method.maxTokenTtl().isZero() ? Optional.empty() : Optional.of(now.plus(method.maxTokenTtl()));
        String description = "token created via login"
                + (body.meta().isEmpty() ? "" : ": " + Json.text(new TreeMap<>(body.meta())));
        Token token = Token.of(acl.newId(), acl.newId(), description, grants, !method.tokenLocality().equals("global"),
                method.name(), end, now);
        acl.change(call, Need.PUBLIC, new AclChange.PutToken(token)).toCompletableFuture().join();
        Acl after = acl.acl();
        return acl.api.bodies.json(call, 200, AclRows.token(after.token(token.accessorId()).orElse(token), after, true));
    }

    /** What the binding rules of the method give to who has shown who they are. */
    private static Grants bound(AuthMethod row, String bearer, Acl rows, Instant now, String datacenter) {
        try {
            Method method = Method.of(row);
            Identity identity = method.verify(bearer, now);
            List<String> roles = new ArrayList<>();
            List<Grants.ServiceIdentity> services = new ArrayList<>();
            List<Grants.NodeIdentity> nodes = new ArrayList<>();
            for (BindingRule rule : rows.rulesOf(row.name())) {
                if (!Filter.of(rule.selector(), method.shape()).accepts(identity.fields())) {
                    continue;
                }
                String name = BoundName.of(rule.bindName(), identity.variables())
                        .filter(found -> BindingRuleHandlers.isName(rule.bindType(), found))
                        .orElseThrow(() -> ApiException.refused("cannot compute " + GoQuote.quote(rule.bindType())
                                + " bind name for bind target: invalid bind name: " + GoQuote.quote(rule.bindName())));
                switch (rule.bindType()) {
                    case BindingRuleHandlers.ROLE -> rows.roleNamed(name).ifPresent(role -> roles.add(role.id()));
                    case BindingRuleHandlers.NODE -> nodes.add(new Grants.NodeIdentity(name, datacenter));
                    default -> services.add(new Grants.ServiceIdentity(name, List.of()));
                }
            }
            return new Grants(List.of(), roles, services, nodes);
        } catch (LoginException e) {
            throw new ApiException(403, "Permission denied: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(500, "interrupted while the proof of identity was checked");
        }
    }

    /** Ends a token that came by logging in. */
    CompletionStage<Reply> logout(Call call) {
        String secret = Tokens.secret(call);
        acl.api.requireDatacenter(call);
        acl.api.requireLeader();
        Token token = acl.acl().withSecret(secret).filter(found -> !secret.isEmpty())
                .orElseThrow(() -> new ApiException(403, "ACL not found"));
        if (token.authMethod().isEmpty()) {
            throw new ApiException(403, "Permission denied");
        }
        return acl.change(call, Need.PUBLIC, new AclChange.DeleteTokens(List.of(token.accessorId())))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }
}
