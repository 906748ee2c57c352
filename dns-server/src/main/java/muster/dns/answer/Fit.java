package muster.dns.answer;

import java.time.Instant;
import java.util.random.RandomGenerator;
import muster.dns.answer.Draft.Trait;
import muster.dns.answer.Encoded.Piece;
import org.xbill.DNS.Rcode;

/** Makes the bytes of an answer, no more than the asker can take. Safe for threads if its randomness is. */
public final class Fit {
    /** How the question came, which bounds the answer. */
    public enum Transport {
        UDP, TCP
    }

    /** RFC 1035 4.2.1, and all that may be sent to who does not announce more (RFC 6891 6.2.3). */
    static final int PLAIN_UDP = 512;
    /** The extended code "bad version", whose upper part is in the OPT record. (RFC 6891 6.1.3) */
    public static final int BADVERS = 16;
    private static final int MOST_TCP = 65_535;
    /** An OPT record without options, and the head of an option. */
    private static final int OPT = 11;
    private static final int OPTION = 4;

    private final DnsSettings settings;
    private final RandomGenerator random;

    public Fit(DnsSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    private enum Extras {
        ALL, OF_ANSWERS, NONE
    }

    /** An answer's parts: in which order its first answers come, how many of them, and whether that is too few. */
    private record Plan(int[] order, int answers, Extras extras, boolean cut) {}

    /** As the other, for a draft that is used once. */
    public byte[] bytes(QueryMessage query, Draft draft, Transport transport, Instant now) {
        return bytes(query, Encoded.of(draft, query.name(), settings.form().compressed()), transport, now);
    }

    /**
     * The answer on the wire. Answers that do not fit are left out from the end, each with its additional records, but never
     * the last one; that is said (TC) only where the settings want it, as Consul does. The asker's EDNS is answered, unless
     * it was refused.
     */
    public byte[] bytes(QueryMessage query, Encoded encoded, Transport transport, Instant now) {
        int size = transport == Transport.TCP ? MOST_TCP : Math.max(PLAIN_UDP, query.edns().map(QueryMessage.Edns::size).orElse(0));
        boolean plain = transport == Transport.UDP && size == PLAIN_UDP;
        int edns = edns(query, encoded.draft);
        Plan plan = plan(query, encoded, plain, size - edns);
        int length = length(query, encoded, plan);
        if (length > size - edns) {
            return bytes(query, Encoded.of(Draft.code(Rcode.SERVFAIL), query.name(), false), transport, now);
        }
        return write(query, encoded, plan, new Writer(new byte[length + edns], now.getEpochSecond()), edns > 0);
    }

    private Plan plan(QueryMessage query, Encoded encoded, boolean plain, int room) {
        Draft draft = encoded.draft;
        int wanted = encoded.entries.length;
        if (draft.is(Trait.ALIASES)) {
            wanted = Math.min(wanted, 1);
        }
        if (draft.is(Trait.ADDRESSES) && settings.limits().aRecords() > 0) {
            wanted = Math.min(wanted, settings.limits().aRecords());
        }
        int most = plain && draft.is(Trait.CHOICE) ? Math.min(wanted, settings.limits().udpAnswers()) : wanted;
        int[] order = !draft.is(Trait.CHOICE) ? Order.given(encoded.entries.length)
                : encoded.isWeighted ? Order.weighted(encoded.entries, most, random)
                : Order.even(encoded.entries.length, most, random);
        Plan whole = new Plan(order, most, Extras.ALL, most < wanted);
        if (length(query, encoded, whole) <= room) {
            return whole;
        }
        int fitting = fitting(query, encoded, order, most, room);
        return fitting == 0 && most > 0
                ? new Plan(order, 1, Extras.NONE, wanted > 1)
                : new Plan(order, fitting, Extras.OF_ANSWERS, fitting < wanted);
    }

    private static int fitting(QueryMessage query, Encoded encoded, int[] order, int most, int room) {
        int at = query.questionEnd();
        int others = sum(encoded.authority);
        for (int i = 0; i < most; i++) {
            Encoded.Entry entry = encoded.entries[order[i]];
            for (Piece piece : entry.additional()) {
                others += piece.length(at);
            }
            at += entry.answer().length(0);
            if (at + others > room) {
                return i;
            }
        }
        return most;
    }

    private static int length(QueryMessage query, Encoded encoded, Plan plan) {
        int at = query.questionEnd();
        int others = sum(encoded.authority);
        for (int i = 0; i < plan.answers; i++) {
            Encoded.Entry entry = encoded.entries[plan.order[i]];
            if (plan.extras != Extras.NONE) {
                for (Piece piece : entry.additional()) {
                    others += piece.length(at);
                }
            }
            at += entry.answer().length(0);
        }
        return at + others + (plan.extras == Extras.ALL ? sum(encoded.additional) : 0);
    }

    private static int sum(Piece[] pieces) {
        int sum = 0;
        for (Piece piece : pieces) {
            sum += piece.length(0);
        }
        return sum;
    }

    private static int edns(QueryMessage query, Draft draft) {
        if (query.edns().isEmpty() || draft.rcode() == Rcode.REFUSED) {
            return 0;
        }
        int subnet = query.edns().get().subnet().length;
        return OPT + (subnet == 0 ? 0 : OPTION + subnet);
    }

    private byte[] write(QueryMessage query, Encoded encoded, Plan plan, Writer out, boolean withEdns) {
        byte[] asked = query.packet();
        Draft draft = encoded.draft;
        boolean recursion = draft.is(Trait.RECURSED) || !settings.recursion().recursors().isEmpty();
        out.bytes(asked, 0, 2);
        out.octet(Header.QR | asked[2] & Header.OPCODE_AND_RD | (draft.is(Trait.AUTHORITATIVE) ? Header.AA : 0)
                | (plan.cut && settings.limits().truncate() ? Header.TC : 0));
        out.octet((recursion ? Header.RA : 0) | asked[3] & Header.CD | draft.rcode() & 0xf);
        out.number(1);
        out.number(plan.answers);
        out.number(encoded.authority.length);
        int additionalAt = out.skipNumber();
        out.bytes(asked, QueryMessage.HEADER, query.questionEnd());
        int[] starts = new int[plan.answers];
        for (int i = 0; i < plan.answers; i++) {
            starts[i] = out.position();
            out.piece(encoded.entries[plan.order[i]].answer(), 0);
        }
        for (Piece piece : encoded.authority) {
            out.piece(piece, 0);
        }
        int additional = 0;
        for (int i = 0; i < plan.answers && plan.extras != Extras.NONE; i++) {
            for (Piece piece : encoded.entries[plan.order[i]].additional()) {
                out.piece(piece, starts[i]);
                additional++;
            }
        }
        for (int i = 0; i < encoded.additional.length && plan.extras == Extras.ALL; i++) {
            out.piece(encoded.additional[i], 0);
            additional++;
        }
        if (withEdns) {
            out.edns(query.edns().orElseThrow(), draft.rcode() >> 4);
            additional++;
        }
        out.numberAt(additionalAt, additional);
        return out.bytes;
    }

    /** Bits of the header's second pair of bytes. (RFC 1035 4.1.1, RFC 4035 3.1.6) */
    private static final class Header {
        static final int QR = 0x80;
        static final int OPCODE_AND_RD = 0x79;
        static final int AA = 4;
        static final int TC = 2;
        static final int RA = 0x80;
        static final int CD = 0x10;
    }

    /** Fills an array that is just long enough. */
    private static final class Writer {
        private static final int SERIAL_FROM_END = 20;

        private final byte[] bytes;
        private final long serial;
        private int at;

        Writer(byte[] bytes, long serial) {
            this.bytes = bytes;
            this.serial = serial;
        }

        int position() {
            return at;
        }

        void octet(int value) {
            bytes[at++] = (byte) value;
        }

        void number(int value) {
            numberAt(at, value);
            at += 2;
        }

        void numberAt(int where, int value) {
            bytes[where] = (byte) (value >> 8);
            bytes[where + 1] = (byte) value;
        }

        int skipNumber() {
            at += 2;
            return at - 2;
        }

        void bytes(byte[] from, int start, int end) {
            System.arraycopy(from, start, bytes, at, end - start);
            at += end - start;
        }

        void piece(Piece piece, int answerAt) {
            if (piece.points(answerAt)) {
                number(0xc000 | answerAt + piece.target());
            } else {
                bytes(piece.owner(), 0, piece.owner().length);
            }
            bytes(piece.rest(), 0, piece.rest().length);
            if (piece.isSoa()) {
                numberAt(at - SERIAL_FROM_END, (int) (serial >> 16));
                numberAt(at - SERIAL_FROM_END + 2, (int) serial);
            }
        }

        void edns(QueryMessage.Edns asked, int extendedCode) {
            octet(0);
            number(41);
            number(asked.size());
            octet(extendedCode);
            octet(0);
            number(0);
            byte[] subnet = asked.subnet();
            number(subnet.length == 0 ? 0 : OPTION + subnet.length);
            if (subnet.length > 0) {
                number(8);
                number(subnet.length);
                int scope = at + 3;
                bytes(subnet, 0, subnet.length);
                // The answer does not depend on the subnet (RFC 7871 7.2.1).
                bytes[scope] = 0;
            }
        }
    }
}
