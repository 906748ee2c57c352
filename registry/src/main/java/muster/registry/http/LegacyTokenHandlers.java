package muster.registry.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.RuleParser;
import muster.registry.acl.RulesException;
import muster.registry.identity.Token;
import muster.registry.query.AclRead;
import muster.registry.state.AclChange;
import muster.wire.Key;

/** Tokens of the system before policies, which old clients still speak of. (Consul HTTP API: legacy ACLs, until 1.11) */
final class LegacyTokenHandlers {
    private static final String MANAGEMENT = "management";
    private static final String CLIENT = "client";

    private final AclApi acl;

    LegacyTokenHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The body of a legacy token; its id is its secret. */
    record Body(@Key("ID") String id, String name, String type, String rules, long createIndex, long modifyIndex) {
        Body {
            id = id == null ? "" : id;
            name = name == null ? "" : name;
            type = type == null || type.isEmpty() ? CLIENT : type;
            rules = rules == null ? "" : rules;
        }
    }

    CompletionStage<Reply> create(Call call) {
        return put(call, call.body().length == 0 ? new Body(null, null, null, null, 0, 0) : Bodies.read(call, Body.class));
    }

    CompletionStage<Reply> update(Call call) {
        Body body = Bodies.read(call, Body.class);
        if (body.id().isEmpty()) {
            throw ApiException.badRequest("ACL ID must be set");
        }
        return put(call, body);
    }

    private CompletionStage<Reply> put(Call call, Body body) {
        acl.api.require(call, AclApi.WRITE);
        if (!body.type().equals(CLIENT) && !body.type().equals(MANAGEMENT)) {
            throw ApiException.refused("Invalid ACL Type");
        }
        if (List.of("allow", "deny", "manage").contains(body.id())) {
            throw new ApiException(403, "Permission denied: Cannot modify root ACL");
        }
        try {
            RuleParser.parseLegacy(body.rules());
        } catch (RulesException e) {
            throw ApiException.refused("ACL rule compilation failed: " + e.getMessage());
        }
        Optional<Token> present = acl.acl().withSecret(body.id());
        if (present.filter(token -> token.legacy().isEmpty()).isPresent()) {
            throw ApiException.refused("cannot use legacy ACL endpoint to modify a non-legacy token");
        }
        String secret = body.id().isEmpty() ? acl.newId() : body.id();
        Token token = Token.legacy(present.map(Token::accessorId).orElseGet(acl::newId), secret, body.name(),
                new Token.Legacy(body.type(), body.rules()), acl.api.registry().access().now());
        return acl.change(call, AclApi.WRITE, new AclChange.PutToken(token))
                .thenApply(done -> acl.api.bodies.json(call, 200, Bodies.object("ID", secret)));
    }

    CompletionStage<Reply> destroy(Call call) {
        String secret = Api.required(call, "id", "Missing ACL");
        acl.api.require(call, AclApi.WRITE);
        Optional<Token> token = acl.acl().withSecret(secret);
        if (token.filter(found -> found.accessorId().equals(Token.ANONYMOUS_ID)).isPresent()) {
            throw new ApiException(403, "Permission denied: Cannot delete anonymous token");
        }
        List<String> accessors = token.stream().map(Token::accessorId).toList();
        return acl.change(call, AclApi.WRITE, new AclChange.DeleteTokens(accessors))
                .thenApply(done -> acl.api.bodies.json(call, 200, true));
    }

    CompletionStage<Reply> copy(Call call) {
        String secret = Api.required(call, "id", "Missing ACL");
        acl.api.require(call, AclApi.WRITE);
        Token origin = acl.acl().withSecret(secret).filter(token -> token.legacy().isPresent())
                .orElseThrow(() -> new ApiException(404, "Target ACL not found"));
        String newSecret = acl.newId();
        Token token = Token.legacy(acl.newId(), newSecret, origin.description(), origin.legacy().get(),
                acl.api.registry().access().now());
        return acl.change(call, AclApi.WRITE, new AclChange.PutToken(token))
                .thenApply(done -> acl.api.bodies.json(call, 200, Bodies.object("ID", newSecret)));
    }

    /** Whoever knows the secret may see the token. */
    CompletionStage<Reply> info(Call call) {
        String secret = Api.required(call, "id", "Missing ACL");
        return acl.read(call, muster.registry.acl.Need.PUBLIC, AclRead.Table.TOKENS, (sieve, rows) -> acl.api.bodies.json(call, 200,
                rows.withSecret(secret).filter(LegacyTokenHandlers::isLegacy).stream().map(LegacyTokenHandlers::row).toList()));
    }

    CompletionStage<Reply> list(Call call) {
        return acl.read(call, AclApi.WRITE, AclRead.Table.TOKENS, (sieve, rows) -> acl.api.bodies.json(call, 200,
                rows.tokens().all().stream().filter(LegacyTokenHandlers::isLegacy).map(LegacyTokenHandlers::row).toList()));
    }

    /** The old forms show what they can express: tokens with old rules, and those that manage everything. */
    private static boolean isLegacy(Token token) {
        return token.legacy().isPresent() || token.grants().policies().contains(
                muster.registry.identity.Policy.GLOBAL_MANAGEMENT_ID);
    }

    private static Map<String, Object> row(Token token) {
        return Bodies.object("ID", token.secretId(), "Name", token.description(),
                "Type", token.legacy().map(Token.Legacy::type).orElse(MANAGEMENT),
                "Rules", token.legacy().map(Token.Legacy::rules).orElse(""),
                "CreateIndex", token.createIndex(), "ModifyIndex", token.modifyIndex());
    }
}
