package muster.scheduler.remote;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import muster.http.Call;
import muster.http.CallBytes;
import muster.http.Reply;
import muster.http.Routes;
import muster.raft.members.Membership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has another agent answer a request of the API, also where the answer's body comes into being while it is read: then it is fetched
 * piece by piece. The other side is {@link ApiAnswers}. Any thread may call.
 */
public final class ApiCalls {
    /** How often a request was passed on already. */
    static final String HOPS = "x-muster-hops";
    private static final Logger LOG = LoggerFactory.getLogger(ApiCalls.class);
    private static final long PIECE_SECONDS = 30;

    private final Membership members;

    public ApiCalls(Membership members) {
        this.members = members;
    }

    /** How often a request was passed on before it came here. */
    static int hops(Call call) {
        String text = call.header(HOPS);
        return text.matches("\\d{1,2}") ? Integer.parseInt(text) : 0;
    }

    /** The same routes for those who are no agents: nobody else can say that a request was passed on, and so was looked at, before. */
    public static Routes fromOutside(Routes routes) {
        Routes outside = new Routes();
        routes.all().forEach(route -> outside.add(route.method(), route.pattern(), route.maxBody(), call -> route.handler().handle(unmarked(call))));
        return outside;
    }

    private static Call unmarked(Call call) {
        if (call.header(HOPS).isEmpty()) {
            return call;
        }
        Map<String, List<String>> headers = new LinkedHashMap<>(call.headers());
        headers.keySet().removeIf(HOPS::equalsIgnoreCase);
        return new Call(call.method(), call.path(), call.parameters(), call.query(), headers, call.body(), call.remote(), call.gone());
    }

    /** Fails with {@link muster.raft.members.AskException}. */
    public CompletionStage<Reply> ask(String agent, Call call) {
        Map<String, List<String>> headers = new LinkedHashMap<>(call.headers());
        headers.put(HOPS, List.of(Integer.toString(hops(call) + 1)));
        // The answer is packed for the client by who has the client.
        headers.remove("accept-encoding");
        Call marked = new Call(call.method(), call.path(), Map.of(), call.query(), headers, call.body(), call.remote(), call.gone());
        CompletableFuture<byte[]> answer = members.ask(agent, ApiAnswers.CALL, CallBytes.of(marked));
        call.gone().whenComplete((done, failure) -> answer.cancel(false));
        return answer.thenApply(bytes -> reply(agent, bytes));
    }

    private Reply reply(String agent, byte[] bytes) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            int form = in.readUnsignedByte();
            byte[] id = ApiAnswers.number(form == ApiAnswers.WHOLE ? 0 : in.readLong());
            Reply.Full head = CallBytes.reply(in.readAllBytes());
            return switch (form) {
                case ApiAnswers.WHOLE -> head;
                case ApiAnswers.STREAM -> new Reply.Streaming(head.status(), head.headers(), sink -> fetch(agent, id, sink));
                default -> new Reply.WebSocket(peer -> talk(agent, id, peer));
            };
        } catch (IOException e) {
            return Reply.text(500, "rpc error: " + e.getMessage());
        }
    }

    private void talk(String agent, byte[] id, Reply.Peer peer) throws IOException, InterruptedException {
        AtomicBoolean left = new AtomicBoolean();
        Thread listening = Thread.ofVirtual().name("call-said").start(() -> listen(agent, id, peer, left));
        try {
            fetch(agent, id, new Reply.Sink() {
                @Override
                public void write(byte[] bytes) throws IOException, InterruptedException {
                    for (Saying saying : Saying.all(bytes)) {
                        if (saying.status() == Saying.TEXT) {
                            peer.send(saying.text());
                        } else {
                            peer.close(saying.status(), new String(saying.text(), StandardCharsets.UTF_8));
                        }
                    }
                }

                @Override
                public boolean isClosed() {
                    return left.get();
                }
            });
        } finally {
            listening.interrupt();
        }
    }

    /** Passes on what the client says, until it is gone or nobody listens. */
    private void listen(String agent, byte[] id, Reply.Peer peer, AtomicBoolean left) {
        try {
            for (Optional<byte[]> said = peer.receive(); said.isPresent(); said = peer.receive()) {
                byte[] message = ByteBuffer.allocate(id.length + said.get().length).put(id).put(said.get()).array();
                members.ask(agent, ApiAnswers.SAY, message).get(PIECE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("conversation through another agent ends agent={} reason={}", agent, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            left.set(true);
            members.ask(agent, ApiAnswers.ENOUGH, id);
        }
    }

    private void fetch(String agent, byte[] id, Reply.Sink sink) throws IOException, InterruptedException {
        boolean over = false;
        try {
            while (!over && !sink.isClosed()) {
                byte[] piece = members.ask(agent, ApiAnswers.MORE, id).get(PIECE_SECONDS, TimeUnit.SECONDS);
                switch (piece[0]) {
                    case ApiAnswers.PIECE -> {
                        if (piece.length > 1) {
                            sink.write(Arrays.copyOfRange(piece, 1, piece.length));
                        }
                    }
                    case ApiAnswers.END -> over = true;
                    default -> {
                        over = true;
                        throw new IOException(new String(piece, 1, piece.length - 1, StandardCharsets.UTF_8));
                    }
                }
            }
        } catch (ExecutionException e) {
            over = true;
            throw new IOException("the answer of " + agent + " broke off: " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the answer of " + agent + " broke off: nothing came for " + PIECE_SECONDS + " s", e);
        } finally {
            if (!over) {
                members.ask(agent, ApiAnswers.ENOUGH, id);
            }
        }
    }
}
