package muster.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import muster.dns.answer.Fit.Transport;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class FitTest {
    private static final Name NAME = Name.fromConstantString("Many.service.consul.");

    private static Message query(int edns) {
        Message query = Message.newQuery(Record.newRecord(NAME, Type.SRV, DClass.IN));
        if (edns > 0) {
            query.addRecord(new OPTRecord(edns, 0, 0), Section.ADDITIONAL);
        }
        return query;
    }

    private static Draft srv(int count) {
        return Draft.choice(IntStream.rangeClosed(1, count).mapToObj(i -> {
            Name target = Name.fromConstantString("node-" + i + ".node.dc1.consul.");
            Record answer = new SRVRecord(NAME, DClass.IN, 0, 1, 1, i, target);
            return new Draft.Entry(answer, List.of(Records.ofAddress(target, Duration.ZERO,
                    InetAddress.ofLiteral("10.0.0." + i % 256))));
        }).toList(), List.of());
    }

    private static Message fit(Message query, Draft draft, Transport transport, DnsSettings settings) throws Exception {
        return new Message(new Fit(settings).bytes(query, draft, transport));
    }

    private static DnsSettings truncating() {
        DnsSettings of = DnsSettings.of("dc1");
        return new DnsSettings(of.domain(), of.altDomain(), of.datacenter(), of.ttls(), new DnsSettings.Limits(5, 0, true), of.soa(),
                of.recursion(), false, true);
    }

    @Test
    void plain_udp_carries_three_answers_with_their_additional_records_and_says_nothing_of_the_rest() throws Exception {
        Message message = fit(query(0), srv(40), Transport.UDP, DnsSettings.of("dc1"));
        assertThat(message.getSection(Section.ANSWER)).hasSize(3);
        assertThat(message.getSection(Section.ADDITIONAL)).hasSize(3);
        assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(message.getOPT()).isNull();
    }

    @Test
    void answers_that_are_no_choice_are_not_counted() throws Exception {
        Draft all = Draft.good(srv(7).entries());
        assertThat(fit(query(0), all, Transport.UDP, DnsSettings.of("dc1")).getSection(Section.ANSWER)).hasSize(7);
    }

    @Test
    void truncation_is_said_where_it_is_wanted() throws Exception {
        assertThat(fit(query(0), srv(40), Transport.UDP, truncating()).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(fit(query(0), srv(5), Transport.UDP, truncating()).getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(fit(query(0), srv(40), Transport.TCP, truncating()).getHeader().getFlag(Flags.TC)).isFalse();
    }

    @Test
    void every_announced_size_is_filled_as_far_as_whole_answers_go() throws Exception {
        for (int size : List.of(512, 600, 1232, 4096, 65_000)) {
            byte[] bytes = new Fit(DnsSettings.of("dc1")).bytes(query(size), srv(200), Transport.UDP);
            assertThat(bytes.length).as("bytes for " + size).isLessThanOrEqualTo(size);
            Message message = new Message(bytes);
            List<Record> answers = message.getSection(Section.ANSWER);
            assertThat(message.getOPT().getPayloadSize()).isEqualTo(size);
            assertThat(message.getSection(Section.ADDITIONAL)).hasSize(answers.size() + 1);
            if (size > 512 && answers.size() < 200) {
                Draft more = Draft.good(srv(200).entries().subList(0, answers.size() + 1), List.of(), List.of());
                assertThat(new Fit(DnsSettings.of("dc1")).bytes(query(65_000), more, Transport.UDP).length).isGreaterThan(size);
            }
        }
    }

    @Test
    void tcp_carries_all_that_fit_64_kib() throws Exception {
        assertThat(fit(query(0), srv(40), Transport.TCP, DnsSettings.of("dc1")).getSection(Section.ANSWER)).hasSize(40);
        byte[] bytes = new Fit(DnsSettings.of("dc1")).bytes(query(0), srv(2_000), Transport.TCP);
        assertThat(bytes.length).isBetween(60_000, 65_535);
    }

    @Test
    void additional_records_go_before_the_only_answer_does() throws Exception {
        List<Record> texts = new ArrayList<>(Records.metadata(NAME, Duration.ZERO, Map.of("k", "x".repeat(600))));
        Draft own = Draft.good(List.of(new Draft.Entry(srv(1).entries().getFirst().answer(), texts)));
        Draft shared = Draft.good(List.of(Draft.Entry.of(srv(1).entries().getFirst().answer())), List.of(), texts);
        for (Draft draft : List.of(own, shared)) {
            Message message = fit(query(0), draft, Transport.UDP, DnsSettings.of("dc1"));
            assertThat(message.getSection(Section.ANSWER)).hasSize(1);
            assertThat(message.getSection(Section.ADDITIONAL)).isEmpty();
        }
    }

    @Test
    void the_answer_repeats_id_question_and_wish_for_recursion() throws Exception {
        Message query = query(0);
        Message message = fit(query, srv(1), Transport.UDP, DnsSettings.of("dc1"));
        assertThat(message.getHeader().getID()).isEqualTo(query.getHeader().getID());
        assertThat(message.getQuestion().getName().toString()).isEqualTo("Many.service.consul.");
        assertThat(message.getHeader().getFlag(Flags.QR)).isTrue();
        assertThat(message.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(message.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(message.getHeader().getFlag(Flags.RA)).isFalse();
        query.getHeader().unsetFlag(Flags.RD);
        assertThat(fit(query, srv(1), Transport.UDP, DnsSettings.of("dc1")).getHeader().getFlag(Flags.RD)).isFalse();
    }

    @Test
    void a_client_subnet_is_answered_with_scope_zero() throws Exception {
        Message query = query(0);
        query.addRecord(new OPTRecord(1232, 0, 0, 0, new ClientSubnetOption(24, InetAddress.ofLiteral("10.1.2.0"))),
                Section.ADDITIONAL);
        OPTRecord opt = fit(query, srv(1), Transport.UDP, DnsSettings.of("dc1")).getOPT();
        assertThat(opt.getOptions()).singleElement().isEqualTo(new ClientSubnetOption(24, 0, InetAddress.ofLiteral("10.1.2.0")));
    }

    @Test
    void a_refusal_carries_no_edns() throws Exception {
        assertThat(fit(query(4096), Draft.code(Rcode.REFUSED), Transport.UDP, DnsSettings.of("dc1")).getOPT()).isNull();
    }

    @Test
    void long_metadata_is_cut_into_strings_of_255_bytes() {
        TXTRecord record = (TXTRecord) Records.metadata(NAME, Duration.ZERO, Map.of("k", "ü".repeat(200))).getFirst();
        assertThat(record.getStringsAsByteArrays()).hasSize(2);
    }
}
