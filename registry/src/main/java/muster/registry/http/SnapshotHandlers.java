package muster.registry.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import muster.http.Call;
import muster.http.Handlers;
import muster.http.Reply;
import muster.registry.Registry;
import muster.registry.acl.Need;
import muster.registry.state.Command;
import muster.registry.state.State;
import muster.wire.SnapshotArchive;

/** The whole state as an archive, out and in. (Consul HTTP API: Snapshots) */
final class SnapshotHandlers {
    /** An archive's bytes; unpacked it may have sixteen times as many. */
    static final long MAX_ARCHIVE = 64 << 20;
    private static final long MAX_STATE = 16 * MAX_ARCHIVE;
    /** Terms are the log's own; archives of one server have always the same. */
    private static final long TERM = 1;

    private final Api api;
    private final Supplier<UUID> ids;

    SnapshotHandlers(Api api, Supplier<UUID> ids) {
        this.api = api;
        this.ids = ids;
    }

    /** Streams the state of this moment; what is written meanwhile is not in it. */
    CompletionStage<Reply> save(Call call) {
        ReadOptions options = ReadOptions.of(call);
        api.requireDatacenter(call);
        api.requireLeader(options);
        api.require(call, Need.MANAGEMENT);
        State state = api.registry().snapshot();
        Map<String, String> headers = api.withIndex(Reply.of(200, "application/x-gzip", new byte[0]), state.index()).headers();
        return Api.now(new Reply.Streaming(200, headers, sink -> {
            try (OutputStream out = sink.stream()) {
                SnapshotArchive.write(out, state.index(), TERM, Instant.now().getEpochSecond(), bytes -> Registry.writeState(state, bytes));
            }
        }));
    }

    /** Reads all of it before anything is replaced, and replaces everything by one entry of the log, which others may precede. */
    CompletionStage<Reply> restore(Call call) {
        api.requireDatacenter(call);
        api.requireLeader();
        api.require(call, Need.MANAGEMENT);
        return Handlers.blocking(whole -> {
            State state = read(whole.body());
            try {
                for (Command command : Registry.restoration(state, ids.get().toString())) {
                    api.propose(whole, Need.MANAGEMENT, command).toCompletableFuture().join();
                }
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException known ? known : e;
            }
            return Reply.empty(200);
        }).handle(call);
    }

    private static State read(byte[] archive) {
        try {
            return SnapshotArchive.read(new ByteArrayInputStream(archive), MAX_STATE, Registry::readState).state();
        } catch (SnapshotArchive.DamagedException e) {
            throw ApiException.refused(e.getMessage());
        } catch (IOException e) {
            throw ApiException.refused("failed to restore snapshot: state.bin: " + e.getMessage());
        }
    }
}
