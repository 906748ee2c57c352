package muster.dns.answer;

import java.util.List;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/**
 * An answer before it is made to fit its transport.
 *
 * @param rcode RFC 1035 4.1.1
 * @param authoritative the AA bit
 * @param recursed whether it is what recursion came to, which sets the RA bit even where nobody could be asked
 * @param entries the answers, most wanted first: what does not fit is cut from the end
 * @param additional records that belong to no single answer; left out first when there is no room
 */
public record Draft(int rcode, boolean authoritative, boolean recursed, List<Entry> entries, List<Record> authority,
        List<Record> additional) {
    /** One answer and the additional records that explain it; they come and go together. */
    public record Entry(Record answer, List<Record> additional) {
        public Entry {
            additional = List.copyOf(additional);
        }

        static Entry of(Record answer) {
            return new Entry(answer, List.of());
        }
    }

    public Draft {
        entries = List.copyOf(entries);
        authority = List.copyOf(authority);
        additional = List.copyOf(additional);
    }

    static Draft good(List<Entry> entries) {
        return new Draft(Rcode.NOERROR, true, false, entries, List.of(), List.of());
    }

    /** Just a code, without authority: refused, failed, not understood. */
    public static Draft code(int rcode) {
        return new Draft(rcode, false, false, List.of(), List.of(), List.of());
    }

    /** Other servers had to be asked, and none could say. */
    public static Draft recursionFailed() {
        return new Draft(Rcode.SERVFAIL, false, true, List.of(), List.of(), List.of());
    }
}
