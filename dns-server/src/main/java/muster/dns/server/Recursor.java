package muster.dns.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Fit.Transport;
import muster.dns.answer.QueryMessage;
import muster.dns.answer.QueryMessage.MalformedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Rcode;

/**
 * Passes questions on to other servers, one after the other, and their answers back as they are. Each goes out from a port
 * and with an id of its own, and its answer must repeat it, so that an answer can't be forged by who does not see the
 * question (RFC 5452 9).
 *
 * <p>Equal questions at one time go out once and share the answer. That also ends a ring of servers that pass a question on
 * to each other: when it comes round it waits for itself, and its time runs out once.
 */
final class Recursor {
    private static final Logger LOG = LoggerFactory.getLogger(Recursor.class);
    private static final int MAX_MESSAGE = 65_535;
    private static final int HEADER = QueryMessage.HEADER;
    /** Packets that are no answer to the question; more of them are an attack. */
    private static final int MOST_STRAYS = 16;

    /** A question without its id, and how it is asked. */
    private record Asked(ByteBuffer question, Transport transport) {}

    private final DnsSettings.Recursion recursion;
    private final RandomGenerator random;
    private final Map<Asked, CompletableFuture<Optional<byte[]>>> underWay = new ConcurrentHashMap<>();

    Recursor(DnsSettings.Recursion recursion, RandomGenerator random) {
        this.recursion = recursion;
        this.random = random;
    }

    boolean isNone() {
        return recursion.recursors().isEmpty();
    }

    /** Whether an answer says that it is not all of it. */
    static boolean isCut(byte[] answer) {
        return (answer[2] & 2) != 0;
    }

    /** The first good answer, over the transport that the question came by; empty where there is none in time. Blocks. */
    Optional<byte[]> ask(byte[] question, Transport transport) {
        if (isNone()) {
            return Optional.empty();
        }
        Asked asked = new Asked(ByteBuffer.wrap(question, 2, question.length - 2).slice(), transport);
        CompletableFuture<Optional<byte[]>> own = new CompletableFuture<>();
        CompletableFuture<Optional<byte[]>> earlier = underWay.putIfAbsent(asked, own);
        Optional<byte[]> answer = earlier == null ? lead(question, asked, own) : await(earlier);
        return answer.map(bytes -> {
            byte[] mine = bytes.clone();
            mine[0] = question[0];
            mine[1] = question[1];
            return mine;
        });
    }

    private Optional<byte[]> lead(byte[] question, Asked asked, CompletableFuture<Optional<byte[]>> own) {
        try {
            own.complete(askInTurn(question, asked.transport()));
        } finally {
            underWay.remove(asked, own);
            own.complete(Optional.empty());
        }
        return own.join();
    }

    private Optional<byte[]> await(CompletableFuture<Optional<byte[]>> earlier) {
        try {
            return earlier.get(recursion.timeout().toMillis() * recursion.recursors().size(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<byte[]> askInTurn(byte[] question, Transport transport) {
        for (InetSocketAddress server : servers()) {
            byte[] sent = question.clone();
            int id = random.nextInt(1 << 16);
            sent[0] = (byte) (id >> 8);
            sent[1] = (byte) id;
            try {
                byte[] answer = switch (transport) {
                    case UDP -> overUdp(server, sent);
                    case TCP -> overTcp(server, sent);
                };
                int rcode = answer[3] & 0xf;
                if (rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN) {
                    return Optional.of(answer);
                }
                LOG.debug("recursor had no answer server={} rcode={}", server, Rcode.string(rcode));
            } catch (IOException e) {
                LOG.warn("recursor did not answer server={} reason={}", server, e.getMessage());
            }
        }
        return Optional.empty();
    }

    private List<InetSocketAddress> servers() {
        return switch (recursion.strategy()) {
            case SEQUENTIAL -> recursion.recursors();
            case RANDOM -> {
                List<InetSocketAddress> shuffled = new ArrayList<>(recursion.recursors());
                Collections.shuffle(shuffled, java.util.Random.from(random));
                yield shuffled;
            }
        };
    }

    private byte[] overUdp(InetSocketAddress server, byte[] sent) throws IOException {
        long end = System.nanoTime() + recursion.timeout().toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(sent, sent.length));
            DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE], MAX_MESSAGE);
            for (int i = 0; i < MOST_STRAYS; i++) {
                socket.setSoTimeout(millisUntil(end));
                socket.receive(packet);
                byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
                if (isAnswer(sent, answer)) {
                    return answer;
                }
            }
            throw new IOException("none of " + MOST_STRAYS + " packets answers the question");
        }
    }

    private byte[] overTcp(InetSocketAddress server, byte[] sent) throws IOException {
        long end = System.nanoTime() + recursion.timeout().toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(server, millisUntil(end));
            OutputStream out = socket.getOutputStream();
            out.write(TcpFrames.of(sent));
            byte[] answer = TcpFrames.read(socket, new DataInputStream(socket.getInputStream()), end);
            if (!isAnswer(sent, answer)) {
                throw new IOException("the answer is not to the question");
            }
            return answer;
        }
    }

    private static int millisUntil(long nanoTime) {
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanoTime - System.nanoTime()), 1, Integer.MAX_VALUE);
    }

    /** Same id, and the same question, letter case aside; a server that refuses may leave the question out. */
    private static boolean isAnswer(byte[] sent, byte[] answer) {
        if (answer.length < HEADER || answer[0] != sent[0] || answer[1] != sent[1] || (answer[2] & 0x80) == 0) {
            return false;
        }
        if (answer[4] == 0 && answer[5] == 0) {
            return (answer[3] & 0xf) != Rcode.NOERROR;
        }
        try {
            QueryMessage asked = QueryMessage.parse(sent);
            int end = asked.nameEnd() + 4;
            if (answer.length < end || answer[4] != 0 || answer[5] != 1) {
                return false;
            }
            for (int i = HEADER; i < end; i++) {
                if (lower(sent[i]) != lower(answer[i])) {
                    return false;
                }
            }
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
