package muster.scheduler.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3SignatureTest {
    /** The examples of AWS's own documentation. */
    private static final S3Signature EXAMPLE = new S3Signature(
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", "us-east-1");
    private static final Instant THEN = Instant.parse("2013-05-24T00:00:00Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "https://examplebucket.s3.amazonaws.com/?lifecycle, fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J, 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"})
    void signsAsDocumented(String address, String signature) {
        Map<String, String> headers = EXAMPLE.headers(URI.create(address), THEN);
        assertThat(headers).containsEntry("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=" + signature).containsEntry("x-amz-date", "20130524T000000Z");
        assertThat(headers).doesNotContainKey("host");
    }

    @Test
    void keysThatAreLentCarryTheirToken() {
        Map<String, String> headers = new S3Signature("a", "b", "lent", "us-east-1").headers(URI.create("https://b.s3.amazonaws.com/a%20b+c"), THEN);
        assertThat(headers).containsEntry("x-amz-security-token", "lent");
        assertThat(headers.get("Authorization")).contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token");
    }

    @ParameterizedTest(name = "{0} is in {1}")
    @CsvSource({"s3.eu-west-1.amazonaws.com, eu-west-1", "s3-eu-west-1.amazonaws.com, eu-west-1", "bucket.s3.us-east-2.amazonaws.com, us-east-2",
        "s3.cn-north-1.amazonaws.com.cn, cn-north-1", "bucket.s3.amazonaws.com, ''", "s3.us-gov-west-1.amazonaws.com, us-gov-west-1", "127.0.0.1, ''"})
    void readsTheRegionOfAHost(String host, String region) {
        assertThat(S3Signature.regionOf(host).orElse("")).isEqualTo(region);
    }

    @Test
    void itsTextKeepsItsSecrets() {
        assertThat(EXAMPLE.toString()).doesNotContain("AKIA").doesNotContain("wJal");
    }
}
