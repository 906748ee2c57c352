package muster.hcl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mindrot.jbcrypt.BCrypt;

class FunctionTest {
    /** What PKCS #8 puts before a key of PKCS #1 of this size. */
    private static final int PKCS8_HEAD = 26;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            abs(-5) | 5
            ceil(4.2) | 5
            floor(-4.2) | -5
            log(16, 2) | 4
            pow(2, 10) | 1024
            parseint("ff", 16) | 255
            chomp("line\\n\\n") | "line"
            chunklist(["a", "b", "c"], 2) | [["a","b"],["c"]]
            cidrhost("10.12.127.0/20", 16) | "10.12.112.16"
            cidrhost("fd00::/64", -1) | "fd00::ffff:ffff:ffff:ffff"
            cidrnetmask("172.16.0.0/12") | "255.240.0.0"
            cidrsubnet("fd00:fd12::/32", 16, 162) | "fd00:fd12:a2::/48"
            cidrsubnets("10.1.0.0/16", 4, 4, 8) | ["10.1.0.0/20","10.1.16.0/20","10.1.32.0/24"]
            coalesce(null, 2) | 2
            coalesce("", "b") | ""
            csvdecode("a,b\\n1,\\"2,3\\"\\n") | [{"a":"1","b":"2,3"}]
            element(["a", "b", "c"], 4) | "b"
            flatten([["a"], [], ["b", ["c"]]]) | ["a","b","c"]
            format("%s-%03d-%q-%v-%.2f-%x", "a", 7, "q", true, 1.5, 255) | "a-007-\\"q\\"-true-1.50-ff"
            format("%-4s;%4s;%+d", "a", "b", 3) | "a   ;   b;+3"
            formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z") | "02 Jan 2018 23:12 UTC"
            formatlist("%s-%d", ["a", "b"], [1, 2]) | ["a-1","b-2"]
            indent(2, "a\\nb") | "a\\n  b"
            index(["a", "b", "c"], 1) | "b"
            join("-", ["a"], ["b"]) | "a-b"
            jsondecode("{\\"a\\": [1, true]}").a[0] | 1
            jsonencode({a = 1, b = [true, null], c = "x<y"}) | "{\\"a\\":1,\\"b\\":[true,null],\\"c\\":\\"x\\\\u003cy\\"}"
            lookup({a = "1"}, "b", "def") | "def"
            merge({a = "1", b = "2"}, {b = "3"}) | {"a":"1","b":"3"}
            range(1, 10, 3) | [1,4,7]
            regex_replace("hello world", "o.", "X") | "hellXwXld"
            regex_replace("ab", "(a)(b)", "$2$1") | "ba"
            replace("1 + 2 + 3", "+", "-") | "1 - 2 - 3"
            setintersection(["a", "b"], ["b", "c"]) | ["b"]
            setproduct(["a", "b"], [1, 2]) | [["a",1],["a",2],["b",1],["b",2]]
            setunion(["b"], ["a"]) | ["a","b"]
            sort(["c", "a", "b"]) | ["a","b","c"]
            split(",", "a,b,,c") | ["a","b","","c"]
            strrev("hello") | "olleh"
            substr("hello world", 1, 4) | "ello"
            substr("hello", -3, -1) | "llo"
            timeadd("2017-11-22T00:00:00Z", "10m") | "2017-11-22T00:10:00Z"
            timestamp() | "2024-02-03T04:05:06Z"
            title("hello world") | "Hello World"
            trim("?!hello?!", "!?") | "hello"
            urlencode("a b&c/é") | "a+b%26c%2F%C3%A9"
            uuidv5("dns", "www.example.com") | "2ed6657d-e927-568b-95e1-2665a8aea6a2"
            yamldecode("a: [1, 2]\\nb: x").b | "x"
            yamlencode({a = [1, "two"], b = true}) | "\\"a\\":\\n- 1\\n- \\"two\\"\\n\\"b\\": true\\n"
            zipmap(["a", "b"], [1, 2]) | {"a":1,"b":2}
            convert({a = 1}, map(string)) | {"a":"1"}
            can(1 + "x") | false
            md5("hello") | "5d41402abc4b2a76b9719d911017c592"
            """)
    void functionGives(String expression, String json) {
        Diagnostics diagnostics = new Diagnostics();
        Value value = EvaluatorTest.evaluate(expression, diagnostics);
        assertThat(diagnostics.lines()).isEmpty();
        assertThat(JsonValues.text(value)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            lookup({a = "1"}, "b") | Function "lookup" expects 3 argument(s). Missing value for "default".
            lookup({a = "1"}, "b", "c", "d") | Function "lookup" expects only 3 argument(s).
            lookup("a", "b", "c") | Invalid value for "inputMap" parameter: lookup() requires a map as the first argument.
            lookup({a = "1"}, "b", null) | Invalid value for "default" parameter: argument must not be null.
            lookup(convert({a = 1}, map(number)), "b", "x") | Invalid value for "default" parameter: the default value must have the same type as the map elements.
            jsondecode("{") | Call to function "jsondecode" failed: EOF.
            jsondecode("{\\"a\\":tru}") | Call to function "jsondecode" failed: invalid character '}' in literal true (expecting 'e').
            jsondecode("{} {}") | Call to function "jsondecode" failed: extraneous data after JSON object.
            bcrypt("a", 5, 6) | Call to function "bcrypt" failed: bcrypt() takes no more than two arguments.
            bcrypt("a", 40) | Call to function "bcrypt" failed: error occured generating password crypto/bcrypt: cost 40 is outside allowed range (4,31).
            bcrypt("a", 30) | Call to function "bcrypt" failed: bcrypt() takes a cost of at most 16: with 30 it would take minutes.
            rsadecrypt("!", "") | Call to function "rsadecrypt" failed: failed to decode input "!": cipher text must be base64-encoded.
            rsadecrypt("YQ==", "x") | Call to function "rsadecrypt" failed: failed to parse key: no key found.
            """)
    void functionRefuses(String expression, String detail) {
        Diagnostics diagnostics = new Diagnostics();
        EvaluatorTest.evaluate(expression, diagnostics);
        assertThat(diagnostics.all()).singleElement().satisfies(only -> assertThat(only.detail()).isEqualTo(detail));
    }

    @Test
    void aPasswordsHashIsOfThatPassword() {
        for (String call : List.of("bcrypt(\"secret\", 4)", "bcrypt(\"secret\", 5)")) {
            Diagnostics diagnostics = new Diagnostics();
            String hash = ((Value.Text) EvaluatorTest.evaluate(call, diagnostics)).value();
            assertThat(hash).matches("\\$2a\\$0[45]\\$[./A-Za-z0-9]{53}");
            assertThat(BCrypt.checkpw("secret", hash)).isTrue();
        }
    }

    @Test
    void whatWasEncryptedForAKeyIsRead() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        KeyPair pair = generator.generateKeyPair();
        Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic());
        String secret = Base64.getEncoder().encodeToString(cipher.doFinal("hällo".getBytes(StandardCharsets.UTF_8)));
        byte[] wrapped = pair.getPrivate().getEncoded();
        String inner = Base64.getMimeEncoder().encodeToString(Arrays.copyOfRange(wrapped, PKCS8_HEAD, wrapped.length)).replace("\r", "");
        String pem = "-----BEGIN RSA PRIVATE KEY-----\n" + inner + "\n-----END RSA PRIVATE KEY-----\n";

        Diagnostics diagnostics = new Diagnostics();
        Value value = EvaluatorTest.evaluate("rsadecrypt(\"" + secret + "\", \"" + pem.replace("\n", "\\n") + "\")", diagnostics);
        assertThat(diagnostics.lines()).isEmpty();
        assertThat(value).isEqualTo(Value.string("hällo"));
    }
}
