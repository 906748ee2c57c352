package muster.dns.answer;

import java.util.List;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Makes the bytes of an answer, no more than the asker can take. */
public final class Fit {
    /** How the question came, which bounds the answer. */
    public enum Transport {
        UDP, TCP
    }

    /** RFC 1035 4.2.1, and all that may be sent to who does not announce more (RFC 6891 6.2.3). */
    static final int PLAIN_UDP = 512;
    private static final int MOST_TCP = 65_535;

    private final DnsSettings settings;

    public Fit(DnsSettings settings) {
        this.settings = settings;
    }

    /**
     * The answer on the wire. Answers that do not fit are left out from the end, each with its additional records; that is
     * said (TC) only where the settings want it, as Consul does. The asker's EDNS is answered, unless it was refused.
     */
    public byte[] bytes(Message query, Draft draft, Transport transport) {
        OPTRecord edns = query.getOPT();
        int size = transport == Transport.TCP ? MOST_TCP
                : Math.max(PLAIN_UDP, edns == null ? 0 : edns.getPayloadSize());
        int most = draft.entries().size();
        if (draft.is(Draft.Trait.CHOICE) && transport == Transport.UDP && size == PLAIN_UDP) {
            most = Math.min(most, settings.limits().udpAnswers());
        }
        byte[] whole = encode(query, draft, most, Extras.ALL);
        if (whole.length <= size) {
            return whole;
        }
        int fitting = mostThatFit(query, draft, most, size);
        byte[] cut = encode(query, draft, fitting, Extras.OF_ANSWERS);
        if (fitting == 0 && most > 0) {
            cut = encode(query, draft, 1, Extras.NONE);
        }
        return cut.length <= size ? cut : encode(query, Draft.code(Rcode.SERVFAIL), 0, Extras.NONE);
    }

    private enum Extras {
        ALL, OF_ANSWERS, NONE
    }

    /** The largest number of answers whose message fits, found by halving: sizes grow with the number. */
    private int mostThatFit(Message query, Draft draft, int most, int size) {
        int fits = 0;
        int tooMany = most + 1;
        while (tooMany - fits > 1) {
            int middle = (fits + tooMany) >>> 1;
            if (encode(query, draft, middle, Extras.OF_ANSWERS).length <= size) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return fits;
    }

    private byte[] encode(Message query, Draft draft, int answers, Extras extras) {
        Header asked = query.getHeader();
        Message message = new Message(asked.getID());
        Header header = message.getHeader();
        header.setOpcode(asked.getOpcode());
        header.setFlag(Flags.QR);
        header.setRcode(draft.rcode());
        if (asked.getFlag(Flags.RD) && asked.getOpcode() == Opcode.QUERY) {
            header.setFlag(Flags.RD);
        }
        if (draft.is(Draft.Trait.AUTHORITATIVE)) {
            header.setFlag(Flags.AA);
        }
        if (draft.is(Draft.Trait.RECURSED) || !settings.recursion().recursors().isEmpty()) {
            header.setFlag(Flags.RA);
        }
        if (answers < draft.entries().size() && settings.limits().truncate()) {
            header.setFlag(Flags.TC);
        }
        query.getSection(Section.QUESTION).forEach(question -> message.addRecord(question, Section.QUESTION));
        List<Draft.Entry> entries = draft.entries().subList(0, answers);
        entries.forEach(entry -> message.addRecord(entry.answer(), Section.ANSWER));
        draft.authority().forEach(record -> message.addRecord(record, Section.AUTHORITY));
        if (extras != Extras.NONE) {
            entries.forEach(entry -> entry.additional().forEach(record -> message.addRecord(record, Section.ADDITIONAL)));
        }
        if (extras == Extras.ALL) {
            draft.additional().forEach(record -> message.addRecord(record, Section.ADDITIONAL));
        }
        answerEdns(query.getOPT(), draft, message);
        return message.toWire();
    }

    private static void answerEdns(OPTRecord asked, Draft draft, Message message) {
        if (asked == null || draft.rcode() == Rcode.REFUSED) {
            return;
        }
        List<EDNSOption> options = asked.getOptions().stream()
                .filter(ClientSubnetOption.class::isInstance)
                .map(ClientSubnetOption.class::cast)
                // The answer does not depend on the subnet (RFC 7871 7.2.1: scope 0).
                .<EDNSOption>map(subnet -> new ClientSubnetOption(subnet.getSourcePrefixLength(), 0, subnet.getAddress()))
                .toList();
        Record opt = new OPTRecord(asked.getPayloadSize(), 0, 0, 0, options);
        message.addRecord(opt, Section.ADDITIONAL);
    }
}
