package muster.dns.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import muster.dns.answer.Fit.Transport;
import muster.testkit.SeededRandom;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
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
        }).toList());
    }

    private static Message fit(Message query, Draft draft, Transport transport, DnsSettings settings) throws Exception {
        return new Message(bytes(query, draft, transport, settings));
    }

    private static byte[] bytes(Message query, Draft draft, Transport transport, DnsSettings settings) throws Exception {
        return new Fit(settings, SeededRandom.of(1)).bytes(QueryMessage.parse(query.toWire()), draft, transport, Instant.EPOCH);
    }

    private static DnsSettings truncating() {
        DnsSettings of = DnsSettings.of("dc1");
        return of.with(new DnsSettings.Limits(5, 0, true));
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
            byte[] bytes = bytes(query(size), Draft.good(srv(200).entries()), Transport.UDP, DnsSettings.of("dc1"));
            assertThat(bytes.length).as("bytes for " + size).isLessThanOrEqualTo(size);
            Message message = new Message(bytes);
            List<Record> answers = message.getSection(Section.ANSWER);
            assertThat(message.getOPT().getPayloadSize()).isEqualTo(size);
            assertThat(message.getSection(Section.ADDITIONAL)).hasSize(answers.size() + 1);
            if (size > 512 && answers.size() < 200) {
                Draft more = Draft.good(srv(200).entries().subList(0, answers.size() + 1), List.of(), List.of());
                assertThat(bytes(query(65_000), more, Transport.UDP, DnsSettings.of("dc1")).length).isGreaterThan(size);
            }
        }
    }

    @Test
    void tcp_carries_all_that_fit_64_kib() throws Exception {
        assertThat(fit(query(0), srv(40), Transport.TCP, DnsSettings.of("dc1")).getSection(Section.ANSWER)).hasSize(40);
        byte[] bytes = bytes(query(0), srv(2_000), Transport.TCP, DnsSettings.of("dc1"));
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

    private static Draft addresses(int... weights) {
        return Draft.choice(IntStream.range(0, weights.length).mapToObj(i -> new Draft.Entry(
                Records.ofAddress(NAME, Duration.ZERO, InetAddress.ofLiteral("10.0.0." + i)), List.of(), weights[i])).toList(),
                Draft.Trait.ADDRESSES);
    }

    private static Message question(String name, int type) throws Exception {
        return Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN));
    }

    /** Plan: many questions for addresses of weights 1, 2 and 7; each comes first as often as its weight says, 0 never does. */
    @Test
    void first_addresses_follow_the_weights_over_many_questions() throws Exception {
        Fit fit = new Fit(DnsSettings.of("dc1"), SeededRandom.of(7));
        QueryMessage query = QueryMessage.parse(question("many.service.consul.", Type.A).toWire());
        Encoded encoded = Encoded.of(addresses(1, 2, 7, 0), NAME, true);
        int[] first = new int[4];
        for (int i = 0; i < 20_000; i++) {
            Message message = new Message(fit.bytes(query, encoded, Transport.TCP, Instant.EPOCH));
            assertThat(message.getSection(Section.ANSWER)).hasSize(4).doesNotHaveDuplicates();
            first[((ARecord) message.getSection(Section.ANSWER).getFirst()).getAddress().getAddress()[3]]++;
        }
        assertThat(first[0]).isBetween(1_800, 2_200);
        assertThat(first[1]).isBetween(3_700, 4_300);
        assertThat(first[2]).isBetween(13_600, 14_400);
        assertThat(first[3]).isZero();
    }

    /** Plan: six addresses of one weight, of which plain UDP carries three; each is in half of the answers. */
    @Test
    void every_instance_is_in_as_many_cut_answers_as_any_other() throws Exception {
        Fit fit = new Fit(DnsSettings.of("dc1"), SeededRandom.of(7));
        QueryMessage query = QueryMessage.parse(question("many.service.consul.", Type.A).toWire());
        Encoded encoded = Encoded.of(addresses(1, 1, 1, 1, 1, 1), NAME, true);
        int[] seen = new int[6];
        for (int i = 0; i < 12_000; i++) {
            for (Record record : new Message(fit.bytes(query, encoded, Transport.UDP, Instant.EPOCH)).getSection(Section.ANSWER)) {
                seen[((ARecord) record).getAddress().getAddress()[3]]++;
            }
        }
        for (int count : seen) {
            assertThat(count).isBetween(5_700, 6_300);
        }
    }

    @Test
    void a_limit_on_addresses_holds_on_every_transport_and_is_no_cut() throws Exception {
        DnsSettings one = DnsSettings.of("dc1").with(new DnsSettings.Limits(8, 1, true));
        for (Transport transport : Transport.values()) {
            for (int edns : List.of(0, 4096)) {
                Message message = fit(query(edns), addresses(1, 1, 1), transport, one);
                assertThat(message.getSection(Section.ANSWER)).hasSize(1);
                assertThat(message.getHeader().getFlag(Flags.TC)).isFalse();
            }
        }
        assertThat(fit(query(0), srv(4), Transport.TCP, one).getSection(Section.ANSWER)).hasSize(4);
    }

    @Test
    void letter_case_of_the_question_is_in_the_answers_names_too() throws Exception {
        Encoded encoded = Encoded.of(srv(2), NAME, true);
        QueryMessage query = QueryMessage.parse(question("mAnY.SeRvIcE.cOnSuL.", Type.SRV).toWire());
        Message message = new Message(new Fit(DnsSettings.of("dc1"), SeededRandom.of(1))
                .bytes(query, encoded, Transport.UDP, Instant.EPOCH));
        assertThat(message.getQuestion().getName()).hasToString("mAnY.SeRvIcE.cOnSuL.");
        assertThat(message.getSection(Section.ANSWER)).allMatch(record -> record.getName().toString().equals("mAnY.SeRvIcE.cOnSuL."));
        assertThat(message.getSection(Section.ADDITIONAL)).map(record -> record.getName().toString())
                .containsExactlyInAnyOrder("node-1.node.dc1.consul.", "node-2.node.dc1.consul.");
    }

    /** Plan: the same draft with and without compression says the same, in more bytes. */
    @Test
    void names_are_written_out_where_compression_is_off() throws Exception {
        DnsSettings plain = DnsSettings.of("dc1").with(new DnsSettings.Form(true, false));
        for (int count : List.of(1, 40, 500)) {
            Message pointing = fit(query(0), Draft.good(srv(count).entries()), Transport.TCP, DnsSettings.of("dc1"));
            Message written = fit(query(0), Draft.good(srv(count).entries()), Transport.TCP, plain);
            assertThat(written.numBytes()).isGreaterThan(pointing.numBytes());
            assertThat(written.getSection(Section.ANSWER)).isEqualTo(pointing.getSection(Section.ANSWER)).hasSize(count);
            assertThat(written.getSection(Section.ADDITIONAL)).isEqualTo(pointing.getSection(Section.ADDITIONAL)).hasSize(count);
        }
    }

    @Test
    void a_serial_number_is_the_time_of_the_answer() throws Exception {
        Record soa = new SOARecord(Name.fromString("consul."), DClass.IN, 0, Name.fromString("ns.consul."),
                Name.fromString("hostmaster.consul."), 1, 2, 3, 4, 5);
        Encoded encoded = Encoded.of(Draft.missing(soa), NAME, true);
        Message message = new Message(new Fit(DnsSettings.of("dc1"), SeededRandom.of(1))
                .bytes(QueryMessage.parse(query(0).toWire()), encoded, Transport.UDP, Instant.ofEpochSecond(1_700_000_000)));
        assertThat(message.getSection(Section.AUTHORITY)).map(Record::toString)
                .containsExactly("consul.\t\t\t0\tIN\tSOA\tns.consul. hostmaster.consul. 1700000000 2 3 4 5");
    }

    @Test
    void one_of_several_aliases_is_given() throws Exception {
        Draft aliases = Draft.choice(IntStream.range(0, 5).mapToObj(i -> Draft.Entry.of(new CNAMERecord(NAME, DClass.IN, 0,
                Name.fromConstantString("h" + i + ".example.com.")))).toList(), Draft.Trait.ALIASES);
        assertThat(fit(query(0), aliases, Transport.TCP, DnsSettings.of("dc1")).getSection(Section.ANSWER)).hasSize(1);
    }

    /** Plan: random drafts of SRV, A and TXT records for random askers; what comes out is read by another codec and fits. */
    @Test
    void whatever_is_asked_the_answer_is_well_formed_and_fits() {
        SeededRandom.rounds(2_000, random -> {
            DnsSettings settings = DnsSettings.of("dc1").with(new DnsSettings.Form(true, random.nextBoolean()))
                    .with(new DnsSettings.Limits(1 + random.nextInt(8), random.nextInt(5), random.nextBoolean()));
            int count = random.nextInt(1 << random.nextInt(11));
            Draft draft = random.nextBoolean() ? srv(count)
                    : addresses(IntStream.range(0, Math.min(count, 250)).map(i -> random.nextInt(3)).toArray());
            int edns = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(65_535);
            Transport transport = random.nextBoolean() ? Transport.UDP : Transport.TCP;
            byte[] query = query(edns).toWire();
            byte[] bytes = new Fit(settings, random).bytes(QueryMessage.parse(query), draft, transport, Instant.EPOCH);
            assertThat(bytes.length).isLessThanOrEqualTo(transport == Transport.TCP ? 65_535 : Math.max(512, edns));
            Message message = new Message(bytes);
            assertThat(message.getSection(Section.ANSWER).isEmpty()).isEqualTo(draft.entries().isEmpty());
            assertThat(draft.entries()).map(Draft.Entry::answer).containsAll(message.getSection(Section.ANSWER));
            assertThat(message.getOPT() == null).isEqualTo(edns == 0);
        });
    }
}
