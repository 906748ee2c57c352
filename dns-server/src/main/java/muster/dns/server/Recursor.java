package muster.dns.server;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;
import muster.dns.answer.DnsSettings;
import muster.dns.answer.Fit.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes questions on to other servers, one after the other, and their answers back as they are. Each goes out from a port
 * and with an id of its own, so that an answer can't be forged by who does not see the question (RFC 5452 9.2).
 */
final class Recursor {
    private static final Logger LOG = LoggerFactory.getLogger(Recursor.class);
    private static final int MAX_MESSAGE = 65_535;
    private static final int HEADER = 12;
    /** Packets that are no answer to the question; more of them are an attack. */
    private static final int MOST_STRAYS = 16;

    private final DnsSettings.Recursion recursion;
    private final RandomGenerator random;

    Recursor(DnsSettings.Recursion recursion, RandomGenerator random) {
        this.recursion = recursion;
        this.random = random;
    }

    boolean isNone() {
        return recursion.recursors().isEmpty();
    }

    /** The first answer, over the transport that the question came by; empty where there is none in time. Blocks. */
    Optional<byte[]> ask(byte[] question, Transport transport) {
        for (InetSocketAddress server : recursion.recursors()) {
            byte[] sent = question.clone();
            int id = random.nextInt(1 << 16);
            sent[0] = (byte) (id >> 8);
            sent[1] = (byte) id;
            try {
                byte[] answer = switch (transport) {
                    case UDP -> overUdp(server, sent);
                    case TCP -> overTcp(server, sent);
                };
                answer[0] = question[0];
                answer[1] = question[1];
                return Optional.of(answer);
            } catch (IOException e) {
                LOG.warn("recursor did not answer server={} reason={}", server, e.getMessage());
            }
        }
        return Optional.empty();
    }

    private byte[] overUdp(InetSocketAddress server, byte[] sent) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.setSoTimeout(Math.toIntExact(recursion.timeout().toMillis()));
            socket.send(new DatagramPacket(sent, sent.length));
            DatagramPacket packet = new DatagramPacket(new byte[MAX_MESSAGE], MAX_MESSAGE);
            for (int i = 0; i < MOST_STRAYS; i++) {
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
        int timeout = Math.toIntExact(recursion.timeout().toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(server, timeout);
            socket.setSoTimeout(timeout);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[sent.length + 2];
            framed[0] = (byte) (sent.length >> 8);
            framed[1] = (byte) sent.length;
            System.arraycopy(sent, 0, framed, 2, sent.length);
            out.write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            if (!isAnswer(sent, answer)) {
                throw new IOException("the answer is not to the question");
            }
            return answer;
        }
    }

    private static boolean isAnswer(byte[] sent, byte[] answer) {
        return answer.length >= HEADER && answer[0] == sent[0] && answer[1] == sent[1] && (answer[2] & 0x80) != 0;
    }
}
