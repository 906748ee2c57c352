package muster.dns.answer;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.xbill.DNS.Name;

/**
 * A question as it came (RFC 1035 4.1), read no further than an answer needs. The packet is not copied and must not change.
 *
 * @param nameEnd behind the asked name, which starts behind the header
 */
public record QueryMessage(byte[] packet, int nameEnd, int type, int dclass, Optional<Edns> edns) {
    /** The bytes before the question. */
    public static final int HEADER = 12;
    private static final int MAX_NAME = 255;
    private static final int MAX_LABEL = 63;
    private static final int POINTER = 0xc0;
    private static final int TYPE_AND_CLASS = 4;
    /** Type, class, TTL and length of a record. */
    private static final int RECORD_HEAD = 10;
    private static final int OPT = 41;
    private static final int CLIENT_SUBNET = 8;
    private static final int SUBNET_HEAD = 4;

    /**
     * What the asker said of itself. (RFC 6891)
     *
     * @param size most bytes that it takes in one datagram
     * @param subnet the data of its client subnet option (RFC 7871), empty where there is none
     */
    public record Edns(int size, int version, byte[] subnet) {}

    /** The packet can't be understood as a message with one question. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String what) {
            // Made for packets that anybody may send in any number: no stack trace.
            super(what, null, false, false);
        }
    }

    /** Reads a message with exactly one question. */
    public static QueryMessage parse(byte[] packet) throws MalformedException {
        if (packet.length < HEADER || number(packet, 4) != 1) {
            throw new MalformedException("one question is wanted");
        }
        int nameEnd = skipName(packet, HEADER, false);
        int at = need(packet, nameEnd, TYPE_AND_CLASS);
        Optional<Edns> edns = Optional.empty();
        int others = number(packet, 6) + number(packet, 8);
        int records = others + number(packet, 10);
        for (int i = 0; i < records; i++) {
            int owner = at;
            int head = skipName(packet, at, true);
            at = need(packet, head, RECORD_HEAD);
            int length = number(packet, at - 2);
            at = need(packet, at, length);
            if (i >= others && number(packet, head) == OPT && head == owner + 1) {
                if (edns.isPresent()) {
                    throw new MalformedException("two OPT records");
                }
                edns = Optional.of(new Edns(number(packet, head + 2), packet[head + 5] & 0xff, subnet(packet, at - length, at)));
            }
        }
        return new QueryMessage(packet, nameEnd, number(packet, nameEnd), number(packet, nameEnd + 2), edns);
    }

    private static byte[] subnet(byte[] packet, int from, int to) throws MalformedException {
        int at = from;
        while (at < to) {
            if (to - at < SUBNET_HEAD || to - at - SUBNET_HEAD < number(packet, at + 2)) {
                throw new MalformedException("an EDNS option that is cut");
            }
            int length = number(packet, at + 2);
            if (number(packet, at) == CLIENT_SUBNET && length >= SUBNET_HEAD) {
                return Arrays.copyOfRange(packet, at + SUBNET_HEAD, at + SUBNET_HEAD + length);
            }
            at += SUBNET_HEAD + length;
        }
        return new byte[0];
    }

    /** Behind a name. In a question nothing precedes that could be pointed to; where a pointer leads is never followed. */
    private static int skipName(byte[] packet, int from, boolean pointers) throws MalformedException {
        int at = from;
        while (true) {
            need(packet, at, 1);
            int length = packet[at] & 0xff;
            if (length == 0) {
                return at + 1;
            }
            if ((length & POINTER) == POINTER && pointers) {
                return need(packet, at, 2);
            }
            if (length > MAX_LABEL) {
                throw new MalformedException("a label of an unknown kind");
            }
            at = need(packet, at + 1, length);
            if (at - from >= MAX_NAME) {
                throw new MalformedException("a name longer than 255 bytes");
            }
        }
    }

    private static int need(byte[] packet, int at, int length) throws MalformedException {
        if (packet.length - at < length) {
            throw new MalformedException("it ends too early");
        }
        return at + length;
    }

    private static int number(byte[] packet, int at) {
        return (packet[at] & 0xff) << 8 | packet[at + 1] & 0xff;
    }

    /** The asked name, letters as they are written. */
    public Name name() {
        try {
            return new Name(Arrays.copyOfRange(packet, HEADER, nameEnd));
        } catch (IOException e) {
            throw new IllegalStateException("a name that was looked through can't be read", e);
        }
    }

    /** Behind the question. */
    int questionEnd() {
        return nameEnd + TYPE_AND_CLASS;
    }
}
