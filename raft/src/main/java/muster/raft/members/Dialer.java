package muster.raft.members;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps in touch with one server: a connection, and a {@link Beat} over it every interval, for as long as the server may come
 * back. One virtual thread.
 */
final class Dialer implements AutoCloseable {
    private static final long RETRY_MILLIS = 500;
    private static final long FAILED_RETRY_MILLIS = 5_000;

    /** What a dialer sees of its agent. */
    interface Owner {
        /** The server as it is known now; nothing where it is not to be dialed any more. */
        Optional<AgentMember> target(String name);

        /** What to tell it, given what its last answer's table stood for. */
        Beat beat(Optional<Long> lastDigest);

        void answered(String server, Beat answer);

        /** It did not answer, or refused what it was told. */
        void missed(String server, String reason);

        Link connect(AgentMember server) throws IOException;
    }

    private final String server;
    private final MemberSettings.Times times;
    private final Owner owner;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean connected;
    private volatile Thread thread;

    Dialer(String server, MemberSettings.Times times, Owner owner) {
        this.server = server;
        this.times = times;
        this.owner = owner;
    }

    void start() {
        thread = Thread.ofVirtual().name("members-dial " + server).start(this::run);
    }

    /** Tells the server at once. */
    void wake() {
        wake.release();
    }

    /** Whether it answered last time. */
    boolean isConnected() {
        return connected;
    }

    private void run() {
        try {
            while (true) {
                Optional<AgentMember> target = owner.target(server);
                if (target.isEmpty()) {
                    return;
                }
                try (Link link = owner.connect(target.get())) {
                    beatOn(link);
                } catch (IOException e) {
                    missed(e.getMessage());
                } catch (ExecutionException e) {
                    missed(e.getCause().getMessage());
                } catch (TimeoutException e) {
                    missed("no answer in " + times.answer().toMillis() + " ms");
                }
                pause(target.get().status() == AgentMember.Status.FAILED ? FAILED_RETRY_MILLIS : RETRY_MILLIS);
            }
        } catch (InterruptedException e) {
            // The agent is being stopped, and this thread with it.
            connected = false;
        }
    }

    private void missed(String reason) {
        connected = false;
        owner.missed(server, reason);
    }

    private void beatOn(Link link) throws InterruptedException, ExecutionException, TimeoutException, IOException {
        Optional<Long> last = Optional.empty();
        while (owner.target(server).isPresent()) {
            Beat answer = Beat.of(link.ask(Beat.KIND, owner.beat(last).bytes()).get(times.answer().toMillis(), TimeUnit.MILLISECONDS));
            connected = true;
            last = Optional.of(answer.digest());
            owner.answered(server, answer);
            pause(times.interval().toMillis());
        }
    }

    private void pause(long millis) throws InterruptedException {
        if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            wake.drainPermits();
        }
    }

    @Override
    public void close() {
        connected = false;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
