package muster.dns.server;

import java.io.IOException;
import java.util.Optional;
import muster.dns.answer.Draft;
import muster.dns.answer.Fit;
import muster.dns.answer.Fit.Transport;
import muster.dns.lookup.Lookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Bytes of a question to bytes of its answer. Any thread may call; nothing that is sent makes it throw. */
final class Responder {
    private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
    private static final int HEADER = 12;

    private final Lookup lookup;
    private final Fit fit;
    private final Recursor recursor;
    private final Aliases aliases;

    Responder(Lookup lookup, Fit fit, Recursor recursor) {
        this.lookup = lookup;
        this.fit = fit;
        this.recursor = recursor;
        this.aliases = new Aliases(lookup, recursor);
    }

    /** The answer; empty for what is no question at all, since an answer to an answer would go round for ever. */
    Optional<byte[]> respond(byte[] packet, Transport transport) {
        if (packet.length < HEADER || (packet[2] & 0x80) != 0) {
            return Optional.empty();
        }
        try {
            Message query = new Message(packet);
            Header header = query.getHeader();
            if (header.getOpcode() != Opcode.QUERY) {
                return Optional.of(bare(packet, Rcode.NOTIMP));
            }
            if (header.getCount(Section.QUESTION) != 1 || header.getFlag(Flags.TC)) {
                return Optional.of(bare(packet, Rcode.FORMERR));
            }
            return Optional.of(answer(query, packet, transport));
        } catch (IOException e) {
            LOG.debug("packet not understood bytes={} reason={}", packet.length, e.getMessage());
            return Optional.of(bare(packet, Rcode.FORMERR));
        } catch (RuntimeException e) {
            LOG.error("question failed bytes={}", packet.length, e);
            return Optional.of(bare(packet, Rcode.SERVFAIL));
        }
    }

    private byte[] answer(Message query, byte[] packet, Transport transport) {
        Record question = query.getQuestion();
        Name name = question.getName();
        Optional<Draft> own = lookup.draft(name, question.getType());
        if (own.isPresent()) {
            return fit.bytes(query, aliases.follow(own.get(), question.getType()), transport);
        }
        Optional<byte[]> passedOn = recursor.ask(packet, transport);
        if (passedOn.isPresent()) {
            return passedOn.get();
        }
        boolean refused = recursor.isNone() && !isReverse(name);
        return fit.bytes(query, refused ? Draft.code(Rcode.REFUSED) : Draft.recursionFailed(), transport);
    }

    private static boolean isReverse(Name name) {
        int labels = name.labels();
        return labels >= 2 && name.getLabelString(labels - 2).equalsIgnoreCase("arpa");
    }

    /** A header alone, for a question that can't be repeated. */
    private static byte[] bare(byte[] packet, int rcode) {
        byte[] header = new byte[HEADER];
        header[0] = packet[0];
        header[1] = packet[1];
        header[2] = (byte) (0x80 | packet[2] & 0x79);
        header[3] = (byte) rcode;
        return header;
    }
}
