package muster.registry.http;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.Need;
import muster.registry.identity.Grants;
import muster.registry.identity.Role;
import muster.registry.identity.Token;
import muster.registry.query.AclRead;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoDuration;
import muster.wire.GoQuote;
import muster.wire.Key;

/** Tokens. (Consul HTTP API: ACL tokens) */
final class TokenHandlers {
    private static final String LOOKUP = "failed acl token lookup";
    private static final String CLONE = "/clone";

    private final AclApi acl;

    TokenHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a token, as it is written and as it was read. */
    record Body(
            @Key("AccessorID") String accessorId,
            @Key("SecretID") String secretId,
            String description,
            List<GrantsBody.Link> policies,
            List<GrantsBody.Link> roles,
            List<Grants.ServiceIdentity> serviceIdentities,
            List<Grants.NodeIdentity> nodeIdentities,
            String type,
            String rules,
            boolean local,
            String authMethod,
            Instant expirationTime,
            @Key("ExpirationTTL") Object expirationTtl,
            Instant createTime,
            String hash,
            long createIndex,
            long modifyIndex) {
        Body {
            accessorId = accessorId == null ? "" : accessorId;
            secretId = secretId == null ? "" : secretId;
            description = description == null ? "" : description;
            type = type == null ? "" : type;
            rules = rules == null ? "" : rules;
            authMethod = authMethod == null ? "" : authMethod;
        }

        /** How long the token is to live, zero for no end; fails with 400 for what is no duration. */
        Duration lifetime() {
            return switch (expirationTtl) {
                case null -> Duration.ZERO;
                case String text when text.isEmpty() -> Duration.ZERO;
                case String text -> {
                    try {
                        yield GoDuration.parse(text);
                    } catch (IllegalArgumentException e) {
                        throw AclApi.badRequest("Token decoding failed: " + e.getMessage());
                    }
                }
                case Long nanos -> Duration.ofNanos(nanos);
                default -> throw AclApi.badRequest("Token decoding failed: ExpirationTTL has to be a duration");
            };
        }
    }

    CompletionStage<Reply> list(Call call) {
        String policy = call.query("policy");
        String role = call.query("role");
        String method = call.query("authmethod");
        return acl.json(call, AclRead.Table.TOKENS, (sieve, rows) -> rows.tokens().all().stream()
                .filter(token -> !token.isExpired(now()))
                .filter(token -> policy.isEmpty() || token.grants().policies().contains(policy))
                .filter(token -> role.isEmpty() || token.grants().roles().contains(role))
                .filter(token -> method.isEmpty() || token.authMethod().equals(method))
                .map(token -> AclRows.tokenStub(token, rows)).toList());
    }

    CompletionStage<Reply> read(Call call) {
        String id = AclApi.required(call, "id", "Missing token ID");
        AclApi.requireLength(id, LOOKUP);
        return acl.read(call, AclApi.READ, AclRead.Table.TOKENS, (sieve, rows) -> {
            Token token = living(rows.token(id));
            boolean expanded = call.has("expanded");
            var row = AclRows.token(token, rows, sieve.caller().mayManage());
            if (expanded) {
                expand(row, token, rows);
            }
            return acl.api.bodies.json(call, 200, row);
        });
    }

    /** What a token comes to, with the texts of all its policies and roles. (since 1.12) */
    private void expand(java.util.Map<String, Object> row, Token token, Acl rows) {
        List<Role> roles = token.grants().roles().stream().flatMap(id -> rows.role(id).stream()).toList();
        row.put("ExpandedPolicies", java.util.stream.Stream.concat(token.grants().policies().stream(),
                        roles.stream().flatMap(role -> role.grants().policies().stream()))
                .distinct().flatMap(id -> rows.policy(id).stream()).map(AclRows::policy).toList());
        row.put("ExpandedRoles", roles.stream().map(role -> AclRows.role(role, rows)).toList());
        row.put("AgentACLDefaultPolicy", acl.settings().allowByDefault() ? "allow" : "deny");
        row.put("AgentACLDownPolicy", "extend-cache");
        row.put("ResolvedByAgent", acl.api.settings.nodeName());
    }

    /** Whoever has the secret may read its token. */
    CompletionStage<Reply> self(Call call) {
        return acl.read(call, Need.PUBLIC, AclRead.Table.TOKENS, (sieve, rows) -> {
            String secret = Tokens.secret(call);
            String used = secret.isEmpty() ? acl.api.registry().access().tokens().user() : secret;
            Token token = living(rows.withSecret(used.isEmpty() ? Token.ANONYMOUS_SECRET : used));
            return acl.api.bodies.json(call, 200, AclRows.token(token, rows, true));
        });
    }

    private Token living(Optional<Token> token) {
        return token.filter(found -> !found.isExpired(now())).orElseThrow(() -> new ApiException(403, "ACL not found"));
    }

    CompletionStage<Reply> create(Call call) {
        Body body = AclApi.body(call, Body.class, "Token decoding failed");
        body.lifetime();
        acl.api.require(call, AclApi.WRITE);
        return put(call, newToken(body));
    }

    private Token newToken(Body body) {
        Acl rows = acl.acl();
        if (!body.accessorId().isEmpty()) {
            requireId(body.accessorId(), "Failed acl token lookup by accessor: " + LOOKUP, "AccessorID");
            if (rows.token(body.accessorId()).isPresent() || rows.withSecret(body.accessorId()).isPresent()) {
                throw ApiException.refused("Invalid Token: AccessorID is already in use");
            }
        }
        if (!body.secretId().isEmpty()) {
            requireId(body.secretId(), "", "SecretID");
            if (rows.withSecret(body.secretId()).isPresent() || rows.token(body.secretId()).isPresent()) {
                throw ApiException.refused("Invalid Token: SecretID is already in use");
            }
        }
        if (!body.authMethod().isEmpty()) {
            throw ApiException.refused("AuthMethod field is disallowed outside of Login");
        }
        Instant now = now();
        Optional<Instant> end = end(body, now);
        return Token.of(body.accessorId().isEmpty() ? acl.newId() : body.accessorId(),
                body.secretId().isEmpty() ? acl.newId() : body.secretId(), body.description(), grants(body, rows), body.local(), "",
                end, now);
    }

    private static void requireId(String id, String lookup, String name) {
        if (!lookup.isEmpty()) {
            AclApi.requireLength(id, lookup);
        }
        if (!AclApi.isUuid(id)) {
            throw ApiException.refused("Invalid Token: " + name + " is not a valid UUID");
        }
        if (id.startsWith(AclApi.RESERVED)) {
            throw ApiException.refused("Invalid Token: UUIDs with the prefix " + GoQuote.quote(AclApi.RESERVED) + " are reserved");
        }
    }

    private Grants grants(Body body, Acl rows) {
        Grants grants = new GrantsBody("token", rows).read(
                body.policies(), body.roles(), body.serviceIdentities(), body.nodeIdentities(), body.local());
        if (!body.rules().isEmpty()) {
            throw ApiException.refused("Rules cannot be specified for this token");
        }
        if (!body.type().isEmpty()) {
            throw ApiException.refused("Type cannot be specified for this token");
        }
        return grants;
    }

    private Optional<Instant> end(Body body, Instant now) {
        Duration lifetime = body.lifetime();
        if (lifetime.isNegative()) {
            throw ApiException.refused("Token Expiration TTL '" + GoDuration.format(lifetime) + "' should be > 0");
        }
        if (lifetime.isZero() && body.expirationTime() == null) {
            return Optional.empty();
        }
        if (!lifetime.isZero() && body.expirationTime() != null) {
            throw ApiException.refused("Token Expiration TTL and Expiration Time cannot both be set");
        }
        Instant end = lifetime.isZero() ? body.expirationTime() : now.plus(lifetime);
        if (end.isBefore(now)) {
            throw ApiException.refused("ExpirationTime cannot be before CreateTime");
        }
        requireLifetime(Duration.between(now, end));
        return Optional.of(end);
    }

    private void requireLifetime(Duration life) {
        AccessSettings settings = acl.settings();
        if (life.compareTo(settings.longestExpiration()) > 0) {
            throw ApiException.refused("ExpirationTime cannot be more than " + GoDuration.format(settings.longestExpiration())
                    + " in the future (was " + GoDuration.format(life) + ")");
        }
        if (life.compareTo(settings.leastExpiration()) < 0) {
            throw ApiException.refused("ExpirationTime cannot be less than " + GoDuration.format(settings.leastExpiration())
                    + " in the future (was " + GoDuration.format(life) + ")");
        }
    }

    CompletionStage<Reply> update(Call call) {
        String id = call.parameter("id");
        if (id.endsWith(CLONE)) {
            return copy(call, id.substring(0, id.length() - CLONE.length()));
        }
        Body body = AclApi.body(call, Body.class, "Token decoding failed");
        body.lifetime();
        if (!body.accessorId().isEmpty() && !body.accessorId().equals(id)) {
            throw AclApi.badRequest("Token Accessor ID in URL and payload do not match");
        }
        acl.api.require(call, AclApi.WRITE);
        if (id.isEmpty()) {
            return put(call, newToken(body));
        }
        AclApi.requireLength(id, "Failed acl token lookup by accessor: " + LOOKUP);
        if (!AclApi.isUuid(id)) {
            throw ApiException.refused("AccessorID is not a valid UUID");
        }
        Acl rows = acl.acl();
        Token present = rows.token(id).filter(token -> !token.isExpired(now()))
                .orElseThrow(() -> ApiException.refused("Cannot find token " + GoQuote.quote(id)));
        return put(call, changed(present, body, rows));
    }

    private Token changed(Token present, Body body, Acl rows) {
        String id = present.accessorId();
        if (!body.secretId().isEmpty() && !body.secretId().equals(present.secretId())) {
            throw ApiException.refused("Changing a tokens SecretID is not permitted");
        }
        if (body.local() != present.local()) {
            throw ApiException.refused("cannot toggle local mode of " + id);
        }
        if (!body.authMethod().isEmpty() && !body.authMethod().equals(present.authMethod())) {
            throw ApiException.refused("Cannot change AuthMethod of " + id);
        }
        boolean sameEnd = body.expirationTime() == null || present.expires().filter(body.expirationTime()::equals).isPresent();
        if (!body.lifetime().isZero() || !sameEnd) {
            throw ApiException.refused("Cannot change expiration time of " + id);
        }
        return Token.of(id, present.secretId(), body.description(), grants(body, rows), present.local(), present.authMethod(),
                present.expires(), present.createTime());
    }

    private CompletionStage<Reply> copy(Call call, String id) {
        Body body = AclApi.body(call, Body.class, "Token decoding failed");
        acl.api.require(call, AclApi.WRITE);
        AclApi.requireLength(id, LOOKUP);
        Token origin = living(acl.acl().token(id));
        if (!origin.authMethod().isEmpty()) {
            throw ApiException.refused("Cannot clone a token created from an auth method");
        }
        if (origin.legacy().isPresent()) {
            throw ApiException.refused("Cannot clone a legacy ACL with this endpoint");
        }
        return put(call, Token.of(acl.newId(), acl.newId(),
                body.description().isEmpty() ? origin.description() : body.description(), origin.grants(), origin.local(), "",
                origin.expires(), now()));
    }

    private CompletionStage<Reply> put(Call call, Token token) {
        return acl.change(call, AclApi.WRITE, new AclChange.PutToken(token)).thenApply(done -> {
            Acl rows = acl.acl();
            return acl.api.bodies.json(call, 200, AclRows.token(rows.token(token.accessorId()).orElse(token), rows, true));
        });
    }

    CompletionStage<Reply> delete(Call call) {
        String id = AclApi.required(call, "id", "Missing token ID");
        acl.api.require(call, AclApi.WRITE);
        if (!AclApi.isUuid(id)) {
            throw ApiException.refused("Accessor ID is missing or an invalid UUID");
        }
        if (id.equals(Token.ANONYMOUS_ID)) {
            throw ApiException.refused("Delete operation not permitted on the anonymous token");
        }
        Optional<Token> token = acl.acl().token(id);
        if (token.filter(found -> found.secretId().equals(Tokens.secret(call))).isPresent()) {
            throw ApiException.refused("Deletion of the request's authorization token is not permitted");
        }
        if (token.isEmpty()) {
            return Api.now(acl.api.bodies.json(call, 200, true));
        }
        return acl.change(call, AclApi.WRITE, new AclChange.DeleteTokens(List.of(id)))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }

    private Instant now() {
        return acl.api.registry().access().now();
    }
}
