package muster.dns.answer;

import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;

/**
 * The records of a draft as bytes: made once, written out for each asker in another order and number. What differs between
 * askers is left open: names point into the asker's own question, a target's address to the target in its SRV record
 * wherever that comes to stand, and the serial number is the time of the answer. Immutable.
 */
public final class Encoded {
    /** Pointers reach no further. (RFC 1035 4.1.4) */
    static final int POINTER_REACH = 0x4000;
    private static final int POINTER = 0xc0;
    /** Owner, then type, class, TTL, length, priority, weight and port: an SRV record's target comes behind these. */
    private static final int BEFORE_TARGET = 16;

    /**
     * A record.
     *
     * @param owner its owner, self-contained or with a pointer into the question
     * @param target where in its answer the same name stands too, -1 for nowhere
     * @param rest type, class, TTL, length and data
     * @param isSoa whether the data ends with an SOA's five numbers
     */
    record Piece(byte[] owner, int target, byte[] rest, boolean isSoa) {
        /** Its length beside an answer that starts there. */
        int length(int answerAt) {
            return rest.length + (points(answerAt) ? 2 : owner.length);
        }

        boolean points(int answerAt) {
            return target >= 0 && answerAt + target < POINTER_REACH;
        }
    }

    /** An answer with what explains it. */
    record Entry(Piece answer, Piece[] additional, int weight) {}

    final Draft draft;
    final Entry[] entries;
    final Piece[] authority;
    final Piece[] additional;
    final boolean isWeighted;

    private Encoded(Draft draft, Entry[] entries, Piece[] authority, Piece[] additional) {
        this.draft = draft;
        this.entries = entries;
        this.authority = authority;
        this.additional = additional;
        this.isWeighted = draft.is(Draft.Trait.ADDRESSES)
                && Arrays.stream(entries).anyMatch(entry -> entry.weight() != entries[0].weight());
    }

    /**
     * Encodes for all who ask for a name, in whatever letter case.
     *
     * @param compressed whether names point to where they stand already
     */
    public static Encoded of(Draft draft, Name asked, boolean compressed) {
        Entry[] entries = draft.entries().stream().map(entry -> entry(entry, asked, compressed)).toArray(Entry[]::new);
        return new Encoded(draft, entries, pieces(draft.authority(), asked, compressed), pieces(draft.additional(), asked, compressed));
    }

    /** About how much memory it takes, in bytes. */
    public int size() {
        int size = 256;
        for (Entry entry : entries) {
            size += 96 + entry.answer.rest.length;
            for (Piece piece : entry.additional) {
                size += 96 + piece.owner.length + piece.rest.length;
            }
        }
        return size;
    }

    private static Entry entry(Draft.Entry entry, Name asked, boolean compressed) {
        Piece answer = piece(entry.answer(), asked, compressed, null, 0);
        Name target = compressed && entry.answer() instanceof SRVRecord srv ? srv.getTarget() : null;
        Piece[] additional = entry.additional().stream()
                .map(record -> piece(record, asked, compressed, target, answer.owner.length + BEFORE_TARGET))
                .toArray(Piece[]::new);
        return new Entry(answer, additional, entry.weight());
    }

    private static Piece[] pieces(List<Record> records, Name asked, boolean compressed) {
        return records.stream().map(record -> piece(record, asked, compressed, null, 0)).toArray(Piece[]::new);
    }

    private static Piece piece(Record record, Name asked, boolean compressed, Name target, int targetAt) {
        byte[] whole = record.toWire(Section.ANSWER);
        int owner = record.getName().length();
        byte[] name = compressed ? pointing(record.getName(), asked) : Arrays.copyOf(whole, owner);
        int same = target != null && target.equals(record.getName()) ? targetAt : -1;
        return new Piece(name, same, Arrays.copyOfRange(whole, owner, whole.length), record instanceof SOARecord);
    }

    /** A name whose end, as much of it as the asked name ends with too, is a pointer into the question. */
    private static byte[] pointing(Name name, Name asked) {
        byte[] wire = name.toWire();
        int at = 0;
        for (int label = 0; label < name.labels() - 1; label++) {
            Name suffix = new Name(name, label);
            if (suffix.labels() <= asked.labels() && asked.subdomain(suffix)) {
                int offset = QueryMessage.HEADER + asked.length() - suffix.length();
                byte[] pointing = Arrays.copyOf(wire, at + 2);
                pointing[at] = (byte) (POINTER | offset >> 8);
                pointing[at + 1] = (byte) offset;
                return pointing;
            }
            at += 1 + (wire[at] & 0xff);
        }
        return wire;
    }
}
