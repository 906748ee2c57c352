package muster.dns.server;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import muster.dns.answer.Encoded;
import muster.dns.answer.QueryMessage;
import muster.dns.lookup.Lookup;

/**
 * Encoded answers of names that exist, for as long as the registry holds the same: a question that was asked before costs
 * neither a read nor an encoding. Names that do not exist are not kept, or whoever asks for many would push out the others.
 * Any thread may call; nothing blocks.
 */
final class PreparedAnswers {
    static final int MOST = 32_768;
    static final long MOST_BYTES = 64L << 20;

    /** The question's bytes, letters in lower case. */
    private static final class Key {
        private final byte[] bytes;
        private final int hash;

        Key(QueryMessage query) {
            bytes = Arrays.copyOfRange(query.packet(), QueryMessage.HEADER, query.nameEnd() + 4);
            int sum = 0;
            // A label's length is below the letters, and so is left as it is.
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] >= 'A' && bytes[i] <= 'Z' && i < bytes.length - 4) {
                    bytes[i] += 'a' - 'A';
                }
                sum = 31 * sum + bytes[i];
            }
            hash = sum;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** An answer, and the moment at which it was last found to hold: until that passes nothing has to be looked at again. */
    private static final class Prepared {
        private final Encoded encoded;
        private final Lookup.Basis basis;
        /** As the reads number moments; 0 before the first. */
        private volatile long heldAt;

        Prepared(Encoded encoded, Lookup.Basis basis) {
            this.encoded = encoded;
            this.basis = basis;
        }

        boolean holds(Lookup lookup) {
            // Taken first: what changes meanwhile makes it look older than it is.
            OptionalLong moment = lookup.moment();
            if (moment.isPresent() && moment.getAsLong() == heldAt) {
                return true;
            }
            boolean holds = lookup.isCurrent(basis);
            if (holds && moment.isPresent()) {
                heldAt = moment.getAsLong();
            }
            return holds;
        }
    }

    private final ConcurrentHashMap<Key, Prepared> answers = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** The answer, if it was made from what still holds. */
    Optional<Encoded> find(QueryMessage query, Lookup lookup) {
        Prepared prepared = answers.get(new Key(query));
        return prepared != null && prepared.holds(lookup) ? Optional.of(prepared.encoded) : Optional.empty();
    }

    void keep(QueryMessage query, Encoded encoded, Lookup.Basis basis) {
        Prepared before = answers.put(new Key(query), new Prepared(encoded, basis));
        bytes.addAndGet(encoded.size() - (before == null ? 0 : before.encoded.size()));
        if (answers.size() > MOST || bytes.get() > MOST_BYTES) {
            makeRoom();
        }
    }

    int size() {
        return answers.size();
    }

    /** Whichever comes first goes: what is asked for often is soon here again. */
    private void makeRoom() {
        Iterator<Key> keys = answers.keySet().iterator();
        while (keys.hasNext() && (answers.size() > MOST || bytes.get() > MOST_BYTES)) {
            Prepared gone = answers.remove(keys.next());
            if (gone != null) {
                bytes.addAndGet(-gone.encoded.size());
            }
        }
    }
}
