package muster.registry.http;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Reply;
import muster.registry.acl.AccessSettings;
import muster.registry.acl.DeniedException;
import muster.registry.acl.Need;
import muster.registry.acl.Permission;
import muster.registry.acl.Sieve;
import muster.registry.http.Api.Headers;
import muster.registry.query.AclRead;
import muster.registry.state.Acl;
import muster.registry.state.AclChange;
import muster.registry.state.Command;
import muster.registry.state.Result;
import muster.wire.Json;
import muster.wire.JsonException;

/** What the handlers of access control share. Any thread may call. */
final class AclApi {
    static final Need READ = Need.of(Permission.ACL_READ);
    static final Need WRITE = Need.of(Permission.ACL_WRITE);

    /** How the ids of what is builtin begin. */
    static final String RESERVED = "00000000-0000-0000-0000-0000000000";

    final Api api;
    private final Supplier<UUID> ids;

    AclApi(Api api, Supplier<UUID> ids) {
        this.api = api;
        this.ids = ids;
    }

    Acl acl() {
        return api.registry().snapshot().acl();
    }

    AccessSettings settings() {
        return api.registry().access().settings();
    }

    String newId() {
        return ids.get().toString();
    }

    /** Answers that access control is off where it is; the refusal of a read carries the headers of a read. */
    Handler guarded(Handler handler) {
        if (!api.registry().access().isOn()) {
            return call -> Api.now(Reply.text(401, "ACL support disabled"));
        }
        return call -> {
            CompletionStage<Reply> reply;
            try {
                reply = handler.handle(call);
            } catch (DeniedException denied) {
                reply = CompletableFuture.failedFuture(denied);
            }
            return call.method().equals("GET") ? reply.exceptionallyCompose(failure -> refusedRead(call, failure)) : reply;
        };
    }

    private static CompletionStage<Reply> refusedRead(Call call, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof DeniedException && new ConsulDialect().failed(call, cause) instanceof Reply.Full full
                ? Api.now(full.with("X-Consul-Index", "1").with("X-Consul-KnownLeader", "false").with("X-Consul-LastContact", "0"))
                : CompletableFuture.failedFuture(failure);
    }

    CompletionStage<Reply> json(Call call, AclRead.Table table, BiFunction<Sieve, Acl, Object> body) {
        return api.json(call, READ, new AclRead(table), Headers.PLAIN, body);
    }

    CompletionStage<Reply> read(Call call, Need need, AclRead.Table table, BiFunction<Sieve, Acl, Reply.Full> body) {
        return api.read(call, need, new AclRead(table), Headers.PLAIN, body);
    }

    CompletionStage<Result> change(Call call, Need need, AclChange change) {
        return api.propose(call, need, new Command.ChangeAcl(change));
    }

    /** Reads the body as a record; fails with 400 in the family's words. */
    static <T> T body(Call call, Class<T> type, String what) {
        try {
            T body = Json.read(type, call.body(), Json.Unknown.REFUSE);
            return body == null ? Json.read(type, new byte[] {'{', '}'}, Json.Unknown.REFUSE) : body;
        } catch (JsonException e) {
            throw badRequest(what + ": " + Bodies.reason(e));
        }
    }

    static ApiException badRequest(String text) {
        return ApiException.badRequest("Bad request: " + text);
    }

    /** A part of the path that must not be empty. */
    static String required(Call call, String parameter, String text) {
        return Api.required(call, parameter, "Bad request: " + text);
    }

    /** Fails as the original's look-up does for what can't be an id. */
    static void requireLength(String id, String lookup) {
        if (id.length() != 36) {
            throw ApiException.refused(lookup + ": index error: UUID must be 36 characters");
        }
    }

    static boolean isUuid(String id) {
        if (id.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? id.charAt(i) != '-' : Character.digit(id.charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
