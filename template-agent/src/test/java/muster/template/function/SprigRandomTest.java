package muster.template.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import muster.template.dependency.Values;
import muster.template.language.Delimiters;
import muster.template.language.GoText;
import muster.template.language.TemplateException;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import muster.wire.GoQuote;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SprigRandomTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "##", textBlock = """
            a long password                       ## {{sprig_derivePassword 1 "long" "password" "user" "example.com"}}     ## ZedaFaxcZaso9*
            the next password                     ## {{sprig_derivePassword 2 "long" "password" "user" "example.com"}}     ## Fovi2@JifpTupx
            a maximum password                    ## {{sprig_derivePassword 1 "maximum" "password" "user" "example.com"}}  ## pf4zS1LjCg&LjhsZ7T2~
            a medium password                     ## {{sprig_derivePassword 1 "medium" "password" "user" "example.com"}}   ## ZedJuz8$
            a basic password                      ## {{sprig_derivePassword 1 "basic" "password" "user" "example.com"}}    ## pIS54PLs
            a short password                      ## {{sprig_derivePassword 1 "short" "password" "user" "example.com"}}    ## Zed5
            a pin                                 ## {{sprig_derivePassword 1 "pin" "password" "user" "example.com"}}      ## 6685
            a type that there is not              ## {{sprig_derivePassword 1 "nope" "password" "user" "example.com"}}     ## cannot find password template nope
            a user with a colon                   ## {{sprig_htpasswd "a:b" "p"}}                                          ## invalid username: a:b
            a password too long for bcrypt        ## {{sprig_bcrypt (sprig_repeat 73 "x")}}                                ## failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes
            the only number                       ## {{sprig_randInt 7 8}}                                                 ## 7
            a letter has one order                ## {{sprig_shuffle "a"}}                                                 ## a
            no text is no cipher                  ## [{{sprig_encryptAES "k" ""}}{{sprig_decryptAES "k" ""}}]              ## []
            a cipher made elsewhere               ## {{sprig_decryptAES "secretkey" "AAAAAAAAAAAAAAAAAAAAALe9b2D8uTcZFlJ7leNzaWg="}} ## plaintext
            """)
    void texts(String name, String template, String expected) {
        assertThat(Seeded.rendered(1, template)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "##", textBlock = """
            no number between          ## {{sprig_randInt 5 5}}                      ## error calling sprig_randInt: invalid argument to Intn
            numbers the wrong way      ## {{sprig_randInt 5 1}}                      ## error calling sprig_randInt: invalid argument to Intn
            a counter that is no uint  ## {{$n := 1}}{{sprig_derivePassword $n "pin" "p" "u" "s"}} ## wrong type for value; expected uint32; got int
            a negative counter         ## {{sprig_derivePassword -1 "pin" "p" "u" "s"}} ## expected unsigned integer; found -1
            a cipher that is no base64 ## {{sprig_decryptAES "k" "!!"}}              ## error calling sprig_decryptAES: illegal base64 data at input byte 0
            a cipher without a vector  ## {{sprig_decryptAES "k" "AAAA"}}            ## error calling sprig_decryptAES: runtime error: slice bounds out of range [:16] with capacity 3
            a cipher of the vector     ## {{sprig_decryptAES "k" "AAAAAAAAAAAAAAAAAAAAAA=="}} ## error calling sprig_decryptAES: runtime error: index out of range [-1]
            half a block               ## {{sprig_decryptAES "k" "AAAAAAAAAAAAAAAAAAAAAAAA"}} ## error calling sprig_decryptAES: crypto/cipher: input not full blocks
            """)
    void mistakes(String name, String template, String message) {
        assertThat(Seeded.rendered(1, template)).contains(message);
    }

    /** These are no functions of consul-template: it takes sprig's list without them. */
    @ParameterizedTest
    @ValueSource(strings = {"uuidv4", "randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes", "getHostByName", "env", "expandenv",
            "now", "date", "htmlDate", "dateInZone", "date_in_zone", "dateModify", "date_modify", "htmlDateInZone"})
    void functions_that_read_more_than_their_arguments_are_not_defined(String name) {
        assertThatThrownBy(() -> Seeded.rendered(1, "{{sprig_" + name + "}}")).isInstanceOf(TemplateException.class)
                .hasMessageContaining("function \"sprig_" + name + "\" not defined");
    }

    @Test
    void every_function_of_consul_templates_list_is_there() {
        List<String> hermetic = List.of(("hello ago duration durationRound must_date_modify mustDateModify mustToDate toDate unixEpoch abbrev"
                + " abbrevboth trunc trim upper lower title untitle substr repeat trimall trimAll trimSuffix trimPrefix nospace initials"
                + " swapcase shuffle snakecase camelcase kebabcase wrap wrapWith contains hasPrefix hasSuffix quote squote cat indent nindent"
                + " replace plural sha1sum sha256sum sha512sum adler32sum toString atoi int64 int float64 seq toDecimal split splitList splitn"
                + " toStrings until untilStep add1 add sub div mod mul randInt add1f addf subf divf mulf biggest max min maxf minf ceil floor"
                + " round join sortAlpha default empty coalesce all any compact mustCompact fromJson toJson toPrettyJson toRawJson mustFromJson"
                + " mustToJson mustToPrettyJson mustToRawJson ternary deepCopy mustDeepCopy typeOf typeIs typeIsLike kindOf kindIs deepEqual"
                + " base dir clean ext isAbs osBase osClean osDir osExt osIsAbs b64enc b64dec b32enc b32dec tuple list dict get set unset"
                + " hasKey pluck keys pick omit merge mergeOverwrite mustMerge mustMergeOverwrite values append push mustAppend mustPush"
                + " prepend mustPrepend first mustFirst rest mustRest last mustLast initial mustInitial reverse mustReverse uniq mustUniq"
                + " without mustWithout has mustHas slice mustSlice concat dig chunk mustChunk bcrypt htpasswd genPrivateKey derivePassword"
                + " buildCustomCert genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey"
                + " encryptAES decryptAES semver semverCompare fail regexMatch mustRegexMatch regexFindAll mustRegexFindAll regexFind"
                + " mustRegexFind regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral regexSplit"
                + " mustRegexSplit regexQuoteMeta urlParse urlJoin").split(" "));
        assertThat(hermetic.stream().filter(name -> !FunctionTable.names().contains("sprig_" + name))).isEmpty();
    }

    @Test
    void a_hash_lets_its_password_in_and_no_other() {
        String line = Seeded.rendered(3, "{{sprig_htpasswd \"ann\" \"s3cret\"}}");
        assertThat(line).startsWith("ann:$2a$10$").hasSize(64);
        assertThat(OpenBSDBCrypt.checkPassword(line.substring(4), "s3cret".toCharArray())).isTrue();
        assertThat(OpenBSDBCrypt.checkPassword(line.substring(4), "secret".toCharArray())).isFalse();
    }

    @Test
    void each_call_gives_another_value() {
        String[] words = Seeded.rendered(4, "{{sprig_encryptAES \"k\" \"x\"}} {{sprig_encryptAES \"k\" \"x\"}}").split(" ");
        assertThat(words[0]).isNotEqualTo(words[1]);
    }

    @Test
    void without_randomness_the_functions_fail() {
        Renderer renderer = Renderer.parse("t", "{{sprig_randInt 0 9}}", Dialect.GO, Delimiters.DEFAULT, false);
        RenderResult result = renderer.render(Values.NONE, new Context.Settings(Map.of(), List.of(), Outside.NOTHING), Seeded.NOW);
        assertThat(((RenderResult.Failed) result).message()).endsWith("error calling sprig_randInt: there is no randomness here");
    }

    @Property(tries = 200)
    void a_random_number_is_between_its_limits(@ForAll long seed, @ForAll int least, @ForAll @IntRange(min = 1) int width) {
        long number = Long.parseLong(Seeded.rendered(seed, "{{sprig_randInt " + least + " " + ((long) least + width) + "}}"));
        assertThat(number).isBetween((long) least, (long) least + width - 1);
    }

    @Property(tries = 200)
    void shuffled_letters_are_the_same_letters(@ForAll long seed, @ForAll String text) {
        String letters = GoText.of(GoText.bytes(text));
        String shuffled = Seeded.rendered(seed, "{{sprig_shuffle " + GoQuote.quote(letters) + "}}");
        assertThat(shuffled.codePoints().sorted().toArray()).isEqualTo(letters.codePoints().sorted().toArray());
    }

    @Property(tries = 200)
    void what_is_encrypted_can_be_decrypted(@ForAll long seed, @ForAll String password, @ForAll String text) {
        String plain = GoText.of(GoText.bytes(text));
        String key = GoQuote.quote(GoText.of(GoText.bytes(password)));
        assertThat(Seeded.rendered(seed, "{{sprig_encryptAES " + key + " " + GoQuote.quote(plain) + " | sprig_decryptAES " + key + "}}"))
                .isEqualTo(plain);
    }
}
