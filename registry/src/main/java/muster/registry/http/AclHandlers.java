package muster.registry.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import muster.http.Call;
import muster.http.Reply;
import muster.registry.acl.Access;
import muster.registry.acl.Caller;
import muster.registry.acl.LegacyRules;
import muster.registry.acl.Need;
import muster.registry.acl.Resource;
import muster.registry.acl.RulesException;
import muster.registry.identity.Grants;
import muster.registry.identity.Policy;
import muster.registry.identity.Token;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.wire.GoQuote;
import muster.wire.Json;
import muster.wire.JsonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access control as a whole: its beginning, its state, old rules, and what a token could do. (Consul HTTP API: ACLs) */
final class AclHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(AclHandlers.class);
    private static final int MAX_QUESTIONS = 64;
    private static final String RESET_FILE = "acl-bootstrap-reset";
    private static final int MAX_RESET_BYTES = 64;

    private final AclApi acl;

    AclHandlers(AclApi acl) {
        this.acl = acl;
    }

    /** The first management token; later ones only for who can write the reset index into a file of the agent. */
    Reply bootstrap(Call call) {
        acl.api.requireLeader();
        Acl rows = acl.acl();
        long reset = 0;
        if (rows.bootstrapped() != 0) {
            reset = resetIndex();
            if (reset == 0) {
                return notAllowed("ACL bootstrap no longer allowed (reset index: " + rows.bootstrapped() + ")");
            }
            if (reset != rows.bootstrapped()) {
                throw ApiException.refused("Invalid bootstrap reset index (specified " + Long.toUnsignedString(reset)
                        + ", reset index: " + rows.bootstrapped() + ")");
            }
            removeResetFile();
        }
        Token token = Token.of(acl.newId(), acl.newId(), "Bootstrap Token (Global Management)",
                Grants.ofPolicy(Policy.GLOBAL_MANAGEMENT_ID), false, "", Optional.empty(), acl.api.registry().access().now());
        try {
            acl.change(call, Need.PUBLIC, new AclChange.Bootstrap(token, reset)).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ApiException refused && refused.getMessage().startsWith("ACL bootstrap no longer")) {
                return notAllowed(refused.getMessage());
            }
            throw e;
        }
        LOG.info("access control bootstrapped accessor={}", token.accessorId());
        Acl now = acl.acl();
        Map<String, Object> row = Bodies.object("ID", token.secretId());
        row.putAll(AclRows.token(now.token(token.accessorId()).orElse(token), now, true));
        return acl.api.bodies.json(call, 200, row);
    }

    private static Reply notAllowed(String reason) {
        return Reply.text(403, "Permission denied: " + reason);
    }

    /** What the operator wrote; 0 for nothing. */
    private long resetIndex() {
        Path file = acl.settings().dataDir().map(folder -> folder.resolve(RESET_FILE)).orElse(null);
        if (file == null) {
            return 0;
        }
        try {
            if (Files.size(file) > MAX_RESET_BYTES) {
                LOG.error("bootstrap reset index not read file={} reason=too long", file);
                return 0;
            }
            String text = Files.readString(file, StandardCharsets.UTF_8).strip();
            return Numbers.tryUnsigned(text).orElseGet(() -> {
                LOG.error("bootstrap reset index not read file={} reason=not a number", file);
                return 0L;
            });
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            LOG.error("bootstrap reset index not read file={} reason={}", file, e.toString());
            return 0;
        }
    }

    /** It is good for one attempt, or a restored snapshot could open the way once more. */
    private void removeResetFile() {
        acl.settings().dataDir().map(folder -> folder.resolve(RESET_FILE)).ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("bootstrap reset file not removed file={} reason={}", file, e.toString());
            }
        });
    }

    /** There is one datacenter, so there is nothing to copy. */
    CompletionStage<Reply> replication(Call call) {
        ReadOptions.of(call);
        acl.api.requireDatacenter(call);
        return Api.now(acl.api.bodies.json(call, 200, Bodies.object("Enabled", false, "Running", false, "SourceDatacenter", "",
                "ReplicationType", "", "ReplicatedIndex", 0, "ReplicatedRoleIndex", 0, "ReplicatedTokenIndex", 0,
                "LastSuccess", "0001-01-01T00:00:00Z", "LastError", "0001-01-01T00:00:00Z")));
    }

    CompletionStage<Reply> translate(Call call) {
        acl.api.require(call, AclApi.READ);
        return Api.now(translated(new String(call.body(), StandardCharsets.UTF_8), "Bad request: "));
    }

    CompletionStage<Reply> translateToken(Call call) {
        String id = AclApi.required(call, "id", "Missing token ID");
        acl.api.require(call, AclApi.READ);
        AclApi.requireLength(id, "failed acl token lookup");
        Token token = acl.acl().token(id).orElseThrow(() -> new ApiException(403, "ACL not found"));
        String rules = token.legacy().map(Token.Legacy::rules).filter(text -> !text.isEmpty())
                .orElseThrow(() -> ApiException.refused("The specified token does not have any rules set"));
        return Api.now(translated(rules, ""));
    }

    private static Reply translated(String rules, String beginning) {
        try {
            return Reply.text(200, LegacyRules.translate(rules));
        } catch (RulesException e) {
            throw beginning.isEmpty()
                    ? ApiException.refused("Failed to parse legacy rules: " + e.getMessage())
                    : ApiException.badRequest(beginning + e.getMessage());
        }
    }

    /** A question: may the token do this? */
    record Question(String resource, String segment, String access, String namespace) {
        Question {
            resource = resource == null ? "" : resource;
            segment = segment == null ? "" : segment;
            access = access == null ? "" : access;
        }
    }

    /** The list in a record, which is what the decoder reads. */
    record Questions(List<Question> questions) {}

    /** What the token of the request could do, without doing it. (internal/acl/authorize) */
    CompletionStage<Reply> authorize(Call call) {
        List<Question> questions;
        try {
            questions = Json.read(Questions.class, Bodies.object("Questions", Json.parse(call.body())), Json.Unknown.REFUSE).questions();
        } catch (JsonException e) {
            throw AclApi.badRequest("Failed to decode request body: " + Bodies.reason(e));
        }
        if (questions == null || questions.isEmpty()) {
            return Api.now(acl.api.bodies.json(call, 200, List.of()));
        }
        if (questions.size() > MAX_QUESTIONS) {
            throw AclApi.badRequest("Refusing to process more than " + MAX_QUESTIONS + " authorizations at once");
        }
        Caller caller = acl.api.require(call, Need.TOKEN);
        List<Object> answers = new ArrayList<>();
        for (Question question : questions) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("Resource", question.resource());
            if (!question.segment().isEmpty()) {
                answer.put("Segment", question.segment());
            }
            answer.put("Access", question.access());
            answer.put("Allow", allowed(caller, question));
            answers.add(answer);
        }
        return Api.now(acl.api.bodies.json(call, 200, answers));
    }

    private static boolean allowed(Caller caller, Question question) {
        Resource resource = List.of(Resource.values()).stream().filter(known -> known.toString().equals(question.resource()))
                .findFirst().orElseThrow(() -> ApiException.refused(
                        "Invalid ACL resource requested: " + GoQuote.quote(question.resource())));
        Access access = List.of(Access.values()).stream()
                .filter(known -> known.toString().equalsIgnoreCase(question.access()))
                .filter(known -> known != Access.LIST || resource == Resource.KEY)
                .findFirst().orElseThrow(() -> ApiException.refused(
                        "Invalid access level for " + resource + " resource: " + question.access()));
        return caller.may(access, resource, resource.isWhole() ? "" : question.segment());
    }
}
