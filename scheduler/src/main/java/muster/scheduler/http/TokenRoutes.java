package muster.scheduler.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import muster.http.Call;
import muster.http.Reply;
import muster.scheduler.acl.AccessSettings;
import muster.scheduler.acl.Caller;
import muster.scheduler.acl.DeniedException;
import muster.scheduler.acl.Permission;
import muster.scheduler.broker.Writer;
import muster.scheduler.job.Values;
import muster.scheduler.state.Acl;
import muster.scheduler.state.AclRole;
import muster.scheduler.state.AclToken;
import muster.scheduler.state.Command;
import muster.scheduler.state.OneTimeToken;
import muster.scheduler.state.Topic;
import muster.wire.GoDuration;
import muster.wire.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tokens of access control (API page "ACL Tokens"). */
final class TokenRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(TokenRoutes.class);
    private static final Duration ONE_TIME = Duration.ofMinutes(10);
    private static final String RESET_FILE = "server/acl-bootstrap-reset";

    record TokenBody(@Key("AccessorID") String accessorId, @Key("SecretID") String secretId, String name, String type, List<String> policies,
            List<AclToken.RoleLink> roles, boolean global, Instant expirationTime, @Key("ExpirationTTL") Duration expirationTtl) {}

    record BootstrapBody(String bootstrapSecret) {}

    record ExchangeBody(@Key("OneTimeSecretID") String secretId) {}

    private final Answers answers;
    private final Writer writer;

    TokenRoutes(Answers answers, Writer writer) {
        this.answers = answers;
        this.writer = writer;
    }

    Reply bootstrap(Call call) {
        Answers.writing(call);
        String wanted = Values.text(Answers.optionalBody(BootstrapBody.class, call).bootstrapSecret());
        if (!wanted.isEmpty() && !isUuid(wanted)) {
            throw new ApiException(400, "invalid acl token");
        }
        long done = writer.state().acl().bootstrapIndex();
        long reset = done == 0 ? 0 : resetIndex();
        if (done != 0 && reset != 0 && reset != done) {
            throw new ApiException(500, "Invalid bootstrap reset index (specified " + reset + ", reset index: " + done + ")");
        }
        AclToken token = new AclToken(writer.id(), 0, writer.now(), null, true, "", 0, "Bootstrap Token", List.of(), List.of(),
                wanted.isEmpty() ? writer.id() : wanted, AclToken.MANAGEMENT);
        long index = writer.write(new Command.BootstrapAcl(token, reset)).index();
        LOG.info("access control bootstrapped accessor={}", token.accessorId());
        return Answers.written(call, view(writer.state().acl().tokens().get(token.accessorId())), index);
    }

    private static boolean isUuid(String text) {
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The number that an operator has put on this server's disk to open bootstrapping again; 0 where there is none. */
    private long resetIndex() {
        AccessSettings settings = answers.access().settings();
        Path file = settings.dataDir().map(dir -> dir.resolve(RESET_FILE)).orElse(null);
        if (file == null || !Files.exists(file)) {
            return 0;
        }
        try {
            return Long.parseLong(Files.readString(file).trim());
        } catch (IOException | NumberFormatException e) {
            LOG.warn("bootstrap reset file holds no number path={} reason={}", file, e.toString());
            return 0;
        }
    }

    Reply list(Call call) {
        answers.caller(call).require(Permission.MANAGEMENT);
        boolean globalOnly = Answers.flag(call, "global");
        return answers.read(call, Topic.TOKENS, Topic.TOKENS, state -> {
            List<AclToken> shown = state.acl().tokens().startingWith(call.query("prefix")).stream()
                    .filter(token -> !globalOnly || token.global()).toList();
            return Listing.byName(call, shown, AclToken::accessorId, Listing.TOKEN, TokenRoutes::stub);
        });
    }

    private static Map<String, Object> stub(AclToken token) {
        Map<String, Object> stub = view(token);
        stub.remove("SecretID");
        return stub;
    }

    /** A token as it is shown to whom it belongs; where there are no policies they are null, as a client knows it. */
    static Map<String, Object> view(AclToken token) {
        Map<String, Object> view = new TreeMap<>();
        view.put("AccessorID", token.accessorId());
        view.put("CreateIndex", token.createIndex());
        view.put("CreateTime", token.createTime());
        if (token.expirationTime() != null) {
            view.put("ExpirationTime", token.expirationTime());
        }
        view.put("Global", token.global());
        view.put("Hash", token.hash());
        view.put("ModifyIndex", token.modifyIndex());
        view.put("Name", token.name());
        view.put("Policies", token.policies().isEmpty() ? null : token.policies());
        if (!token.roles().isEmpty()) {
            view.put("Roles", token.roles());
        }
        view.put("SecretID", token.secretId());
        view.put("Type", token.type());
        return view;
    }

    /** @param rest an accessor, {@code self}, {@code onetime}, {@code onetime/exchange}, or nothing for a new token */
    Reply one(Call call, String rest) {
        return switch (rest) {
            case "" -> {
                Answers.writing(call);
                yield write(call, "");
            }
            case "self" -> self(call);
            case "onetime" -> oneTime(call);
            case "onetime/exchange" -> exchange(call);
            default -> switch (call.method()) {
                case "PUT", "POST" -> write(call, rest);
                case "DELETE" -> delete(call, rest);
                default -> read(call, rest);
            };
        };
    }

    private Reply self(Call call) {
        Answers.method(call, "GET");
        Caller caller = answers.caller(call);
        return answers.read(call, Topic.TOKENS, Topic.TOKENS, state -> found(state.acl(), caller.accessor()));
    }

    private static Map<String, Object> found(Acl acl, String accessor) {
        AclToken token = acl.tokens().get(accessor);
        if (token == null) {
            throw new ApiException(404, "ACL token not found");
        }
        return view(token);
    }

    private Reply read(Call call, String accessor) {
        Caller caller = answers.caller(call);
        if (!caller.accessor().equals(accessor)) {
            caller.require(Permission.MANAGEMENT);
        }
        return answers.read(call, Topic.TOKENS, Topic.TOKENS, state -> found(state.acl(), accessor));
    }

    private Reply write(Call call, String accessor) {
        answers.caller(call).require(Permission.MANAGEMENT);
        TokenBody body = Answers.body(TokenBody.class, call);
        String given = Values.text(body.accessorId());
        if (!accessor.isEmpty() && !given.equals(accessor)) {
            throw new ApiException(400, "ACL token accessor ID does not match request path");
        }
        AclToken old = given.isEmpty() ? null : writer.state().acl().tokens().get(given);
        if (!given.isEmpty() && old == null) {
            throw new ApiException(500, "token 0 invalid: cannot find token " + given);
        }
        if (old != null && old.global() != body.global()) {
            throw new ApiException(500, "token 0 invalid: cannot toggle global mode of " + given);
        }
        AclToken token = new AclToken(old == null ? writer.id() : given, 0, old == null ? writer.now() : old.createTime(),
                old == null ? expiration(body) : old.expirationTime(), body.global(), "", 0, body.name(), body.policies(), roles(body),
                old == null ? writer.id() : old.secretId(), body.type());
        List<String> faults = token.faults();
        if (!faults.isEmpty()) {
            throw new ApiException(500, "token 0 invalid: " + Answers.errors(faults));
        }
        long index = writer.write(new Command.UpsertTokens(List.of(token))).index();
        return Answers.written(call, view(writer.state().acl().tokens().get(token.accessorId())), index);
    }

    private Instant expiration(TokenBody body) {
        Duration life = Values.duration(body.expirationTtl());
        if (life.isZero() && body.expirationTime() == null) {
            return null;
        }
        if (!life.isZero() && body.expirationTime() != null) {
            throw new ApiException(400, "token 0 invalid: cannot set both expiration time and TTL");
        }
        Instant end = life.isZero() ? body.expirationTime() : writer.now().plus(life);
        AccessSettings settings = answers.access().settings();
        Duration left = Duration.between(writer.now(), end);
        if (left.compareTo(settings.longestExpiration()) > 0) {
            throw new ApiException(400, "token 0 invalid: expiration time cannot be more than " + GoDuration.format(settings.longestExpiration())
                    + " in the future (was " + GoDuration.format(left) + ")");
        }
        if (left.compareTo(settings.leastExpiration()) < 0) {
            throw new ApiException(400, "token 0 invalid: expiration time cannot be less than " + GoDuration.format(settings.leastExpiration())
                    + " in the future (was " + GoDuration.format(left) + ")");
        }
        return end;
    }

    /** The roles by their ids, whichever of id and name was given. */
    private List<AclToken.RoleLink> roles(TokenBody body) {
        Acl acl = writer.state().acl();
        List<AclToken.RoleLink> links = new ArrayList<>();
        for (AclToken.RoleLink link : Values.orEmpty(body.roles())) {
            boolean byName = Values.text(link.id()).isEmpty();
            AclRole role = byName ? acl.roleNamed(Values.text(link.name())) : acl.roles().get(link.id());
            if (role == null) {
                throw new ApiException(400, "cannot find role " + (byName ? link.name() : link.id()));
            }
            links.add(new AclToken.RoleLink(role.id(), role.name()));
        }
        return links;
    }

    private Reply delete(Call call, String accessor) {
        answers.caller(call).require(Permission.MANAGEMENT);
        if (!writer.state().acl().tokens().contains(accessor)) {
            throw new ApiException(500, "Cannot delete nonexistent tokens: " + accessor);
        }
        return PolicyRoutes.done(writer.write(new Command.DeleteTokens(List.of(accessor))).index());
    }

    private Reply oneTime(Call call) {
        Answers.writing(call);
        Caller caller = answers.caller(call);
        if (caller.isAnonymous()) {
            throw DeniedException.lacks(caller, "to have a one-time token made: it stands for the token that asks");
        }
        OneTimeToken token = new OneTimeToken(caller.accessor(), 0, writer.now().plus(ONE_TIME), 0, writer.id());
        long index = writer.write(new Command.CreateOneTimeToken(token)).index();
        return Answers.written(call, Map.of("OneTimeToken", writer.state().acl().oneTimeTokens().get(token.secretId())), index);
    }

    private Reply exchange(Call call) {
        Answers.writing(call);
        String secret = Values.text(Answers.body(ExchangeBody.class, call).secretId());
        Acl acl = writer.state().acl();
        OneTimeToken known = acl.oneTimeTokens().get(secret);
        AclToken token = known == null || !writer.now().isBefore(known.expiresAt()) ? null : acl.tokens().get(known.accessorId());
        if (token == null) {
            throw new ApiException(403, "Permission denied");
        }
        List<String> used = new ArrayList<>(List.of(secret));
        acl.oneTimeTokens().forEach(other -> {
            if (!writer.now().isBefore(other.expiresAt())) {
                used.add(other.secretId());
            }
        });
        long index = writer.write(new Command.DeleteOneTimeTokens(used)).index();
        return Answers.written(call, Map.of("Token", view(token)), index);
    }
}
