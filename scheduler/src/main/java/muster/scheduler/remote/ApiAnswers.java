package muster.scheduler.remote;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import muster.http.Call;
import muster.http.CallBytes;
import muster.http.Dispatcher;
import muster.http.Reply;
import muster.raft.members.AskException;
import muster.raft.members.Membership;

/**
 * Answers requests of the API that other agents pass on. A body that is written while it comes into being is kept in small part
 * until it is fetched, and given up when nobody fetches it for a minute. Any thread may call.
 */
public final class ApiAnswers {
    static final String CALL = "scheduler.call";
    static final String MORE = "scheduler.call.more";
    static final String ENOUGH = "scheduler.call.enough";
    static final String SAY = "scheduler.call.say";
    static final int WHOLE = 0;
    static final int STREAM = 1;
    static final int TALK = 2;
    static final byte PIECE = 0;
    static final byte END = 1;
    static final byte BROKEN = 2;
    private static final int MOST_STREAMS = 1_000;
    private static final int KEPT_BYTES = 256 << 10;
    private static final int MOST_HEARD = 256;
    private static final long WAIT_SECONDS = 10;
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Who asked is part of a stream's name: nobody reads another agent's. */
    private record Key(String agent, long id) {}

    private final Dispatcher api;
    private final Map<Key, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /** @param api what this agent answers for others */
    public ApiAnswers(Dispatcher api) {
        this.api = api;
    }

    /** Answers from now on. */
    public void answerOn(Membership members) {
        members.answer(CALL, this::call);
        members.answer(MORE, (from, body, gone) -> CompletableFuture.completedFuture(more(new Key(from, ByteBuffer.wrap(body).getLong()))));
        members.answer(SAY, (from, body, gone) -> {
            ByteBuffer said = ByteBuffer.wrap(body);
            Stream stream = streams.get(new Key(from, said.getLong()));
            boolean heard = stream != null && stream.heard(Arrays.copyOfRange(body, said.position(), body.length));
            return heard ? CompletableFuture.completedFuture(new byte[0])
                    : CompletableFuture.failedFuture(new AskException(AskException.Reason.REFUSED, "nobody listens any more"));
        });
        members.answer(ENOUGH, (from, body, gone) -> {
            Stream stream = streams.get(new Key(from, ByteBuffer.wrap(body).getLong()));
            if (stream != null) {
                stream.hangUp();
            }
            return CompletableFuture.completedFuture(new byte[0]);
        });
    }

    static byte[] number(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private CompletionStage<byte[]> call(String from, byte[] body, CompletionStage<Void> gone) {
        try {
            CompletableFuture<Void> ended = new CompletableFuture<>();
            gone.whenComplete((done, failure) -> ended.complete(null));
            Call call = CallBytes.call(body, ended);
            return api.handle(call).thenApply(reply -> switch (reply) {
                case Reply.Full full -> bytes(WHOLE, 0, full);
                case Reply.Streaming streaming -> opened(from, STREAM, new Reply.Full(streaming.status(), streaming.headers(), new byte[0]),
                        stream -> streaming.source().write(stream), ended);
                case Reply.WebSocket socket -> opened(from, TALK, Reply.empty(101), stream -> socket.conversation().hold(stream), ended);
            });
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private interface Work {
        void run(Stream stream) throws IOException, InterruptedException;
    }

    private byte[] opened(String from, int form, Reply.Full head, Work work, CompletableFuture<Void> ended) {
        if (streams.size() >= MOST_STREAMS) {
            return bytes(WHOLE, 0, Reply.text(500, "too many answers are being read through this agent"));
        }
        Key key = new Key(from, numbers.incrementAndGet());
        Stream stream = new Stream();
        streams.put(key, stream);
        Thread.ofVirtual().name("call-stream").start(() -> {
            stream.run(work);
            ended.complete(null);
            stream.awaitFetched();
            streams.remove(key);
        });
        return bytes(form, key.id(), head);
    }

    private static byte[] bytes(int form, long id, Reply.Full head) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(form);
            if (form != WHOLE) {
                out.writeLong(id);
            }
            out.write(CallBytes.of(head, new CompletableFuture<>()));
        } catch (IOException e) {
            throw new UncheckedIOException("memory can't be written to", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return bytes.toByteArray();
    }

    private byte[] more(Key key) {
        Stream stream = streams.get(key);
        if (stream == null) {
            return Stream.broken("this agent knows nothing of the answer any more");
        }
        try {
            return stream.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Stream.broken("this agent is being stopped");
        }
    }

    /**
     * One body on its way, or a conversation: then each piece is a {@link Saying}. Written by its own thread, fetched by those of
     * questions.
     */
    private static final class Stream implements Reply.Sink, Reply.Peer {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
        private final BlockingQueue<byte[]> incoming = new ArrayBlockingQueue<>(MOST_HEARD);
        private int size;
        private volatile boolean over;
        private String trouble = "";
        private boolean fetched;
        private volatile boolean hungUp;
        private volatile long asked = System.nanoTime();

        static byte[] broken(String reason) {
            byte[] text = String.valueOf(reason).getBytes(StandardCharsets.UTF_8);
            byte[] bytes = new byte[text.length + 1];
            bytes[0] = BROKEN;
            System.arraycopy(text, 0, bytes, 1, text.length);
            return bytes;
        }

        void run(Work work) {
            String failed = "";
            try {
                work.run(this);
            } catch (IOException | RuntimeException e) {
                failed = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failed = "this agent is being stopped";
            }
            lock.lock();
            try {
                over = true;
                trouble = failed;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Until its end was fetched, or nobody wants it. */
        void awaitFetched() {
            lock.lock();
            try {
                while (!fetched && !isClosed()) {
                    changed.awaitNanos(TimeUnit.SECONDS.toNanos(1));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        void hangUp() {
            lock.lock();
            try {
                hungUp = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void write(byte[] bytes) throws IOException, InterruptedException {
            lock.lock();
            try {
                while (size >= KEPT_BYTES && !isClosed()) {
                    changed.awaitNanos(TimeUnit.SECONDS.toNanos(1));
                }
                if (isClosed()) {
                    throw new IOException("nobody reads the answer any more");
                }
                pieces.add(bytes);
                size += bytes.length;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** What the other side of a conversation says; false where it is over, or nobody took what was said before for long. */
        boolean heard(byte[] message) {
            try {
                asked = System.nanoTime();
                return !over && incoming.offer(message, WAIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public Optional<byte[]> receive() throws InterruptedException {
            while (true) {
                byte[] message = incoming.poll(1, TimeUnit.SECONDS);
                if (message != null) {
                    return Optional.of(message);
                }
                if (isClosed()) {
                    return Optional.empty();
                }
            }
        }

        @Override
        public void send(byte[] text) throws IOException, InterruptedException {
            write(new Saying(Saying.TEXT, text).bytes());
        }

        @Override
        public void close(int status, String reason) {
            try {
                write(new Saying(status, reason.getBytes(StandardCharsets.UTF_8)).bytes());
            } catch (IOException e) {
                hangUp();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean isClosed() {
            return hungUp || System.nanoTime() - asked > FORGOTTEN_NANOS;
        }

        byte[] next() throws InterruptedException {
            lock.lock();
            try {
                asked = System.nanoTime();
                long left = TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
                while (pieces.isEmpty() && !over && left > 0) {
                    left = changed.awaitNanos(left);
                }
                asked = System.nanoTime();
                if (pieces.isEmpty() && over) {
                    fetched = true;
                    changed.signalAll();
                    return trouble.isEmpty() ? new byte[] {END} : broken(trouble);
                }
                ByteArrayOutputStream all = new ByteArrayOutputStream(size + 1);
                all.write(PIECE);
                pieces.forEach(all::writeBytes);
                pieces.clear();
                size = 0;
                changed.signalAll();
                return all.toByteArray();
            } finally {
                lock.unlock();
            }
        }
    }
}
