package muster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import muster.raft.PeerConnection.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls to a server that is there and does nothing, as one that was stopped or cut off. */
@Timeout(60)
class PeersTest {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    private PeerListener listener;
    private Peers peers;

    /** What ends a call here; a call that does not end runs into the test's limit. */
    private CompletableFuture<Throwable> ask(Duration request, Optional<CompletableFuture<Thread>> caller) throws IOException {
        ClusterSettings settings = new ClusterSettings("127.0.0.1:0", Optional.empty(), Sockets.plain(), Optional.empty(), Duration.ofMillis(500), request,
                Duration.ofSeconds(1));
        Greeting greeting = new Greeting(Greeting.LOG, Optional.empty());
        Peers others = new Peers(settings, greeting);
        listener = new PeerListener(settings, greeting, others, (from, received) -> {
            asked.countDown();
            awaitEnd();
            throw new IOException("it is over");
        });
        Member other = new Member("other", "127.0.0.1:" + listener.bind());
        others.be(other);
        listener.start();
        peers = new Peers(settings, greeting);
        peers.be(new Member("self", "127.0.0.1:1"));
        peers.moved(other);
        return CompletableFuture.supplyAsync(() -> {
            caller.ifPresent(future -> future.complete(Thread.currentThread()));
            try {
                peers.ask("other", Kind.APPEND, new byte[PeerConnection.MAX_BYTES - 1]);
                return new AssertionError("answered");
            } catch (IOException e) {
                return e;
            }
        }, Thread.ofPlatform().daemon()::start);
    }

    private void awaitEnd() {
        try {
            ended.await();
        } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @AfterEach
    void close() {
        ended.countDown();
        listener.close();
        peers.close();
    }

    @Test
    void a_call_ends_though_nobody_answers() throws Exception {
        assertThat(ask(Duration.ofMillis(200), Optional.empty()).join()).isInstanceOf(IOException.class);
    }

    @Test
    void a_call_ends_soon_after_its_thread_was_interrupted() throws Exception {
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        CompletableFuture<Throwable> call = ask(Duration.ofMinutes(9), Optional.of(caller));
        asked.await();
        caller.join().interrupt();
        assertThat(call.join()).isInstanceOf(IOException.class);
    }
}
