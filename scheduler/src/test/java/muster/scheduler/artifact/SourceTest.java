package muster.scheduler.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {
    @ParameterizedTest(name = "{0} is {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            https://a.test/x.tgz                                    | Web | https://a.test/x.tgz                | ''      | {}
            https://a.test/x.tgz?archive=false&v=2                  | Web | https://a.test/x.tgz?v=2            | ''      | {archive=false}
            https://a.test/x.tgz//sub/dir                           | Web | https://a.test/x.tgz                | sub/dir | {}
            https::https://a.test/x                                 | Web | https://a.test/x                    | ''      | {}
            s3::https://s3.eu.amazonaws.com/bucket/key              | Store | https://s3.eu.amazonaws.com/bucket/key | ''   | {}
            bucket.s3.amazonaws.com/key.zip                         | Store | https://bucket.s3.amazonaws.com/key.zip | ''  | {}
            s3::http://127.0.0.1:9000/bucket/key?region=us-east-1   | Store | http://127.0.0.1:9000/bucket/key  | ''      | {region=us-east-1}
            gcs::https://www.googleapis.com/storage/v1/b/dir/x.zip?archive=zip | Bucket | https://storage.googleapis.com/b/dir/x.zip | '' | {archive=zip}
            gcs::http://127.0.0.1:9/storage/v1/b/x                  | Bucket | http://127.0.0.1:9/storage/v1/b/x | ''     | {}
            git::https://a.test/repo.git?ref=v1                     | Git | https://a.test/repo.git             | ''      | {ref=v1}
            github.com/owner/repo                                   | Git | https://github.com/owner/repo.git   | ''      | {}
            github.com/owner/repo/sub?ref=main                      | Git | https://github.com/owner/repo.git   | sub     | {ref=main}
            git@github.com:owner/repo.git                           | Git | ssh://git@github.com/owner/repo.git | ''      | {}
            local/file.txt                                          | Local | local/file.txt                    | ''      | {}
            file:///data/x                                          | Local | /data/x                           | ''      | {}
            """)
    void reads(String text, String kind, String address, String subfolder, String options) {
        Source source = Source.of(text, Map.of());
        String found = switch (source) {
            case Source.Web web -> web.uri().toString();
            case Source.Store object -> object.uri().toString();
            case Source.Bucket object -> object.uri().toString();
            case Source.Git git -> git.repository();
            case Source.Local local -> local.path();
        };
        assertThat(source.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(found).isEqualTo(address);
        assertThat(source.common().subfolder()).isEqualTo(subfolder);
        assertThat(source.common().options()).hasToString(options);
    }

    @ParameterizedTest(name = "{0} is refused: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            ftp://a.test/x                              | download not supported for scheme "ftp"
            hg::https://a.test/x                        | Mercurial sources are not supported
            gcs::bucket/x                               | a gcs source is written gcs::https://
            https:///x                                  | the address has no host
            https://a.test/x?aws_access_key_id=a        | option "aws_access_key_id" is not supported here
            s3::https://a.test/b/x?aws_profile=a        | option "aws_profile" is not supported
            https://a.test/x?ref=v1                     | option "ref" is not supported here
            https://a.test/x//../../etc                 | must not lead up
            github.com/owner                            | needs an owner and a repository
            """)
    void refuses(String text, String why) {
        assertThatThrownBy(() -> Source.of(text, Map.of())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
    }

    @Test
    void theAgentsTokenGoesToItsOwnStoreAlone() {
        Map<String, String> agents = Map.of("GOOGLE_OAUTH_ACCESS_TOKEN", "t");
        Source.Bucket own = (Source.Bucket) Source.of("gcs::https://www.googleapis.com/storage/v1/b/x", Map.of());
        Source.Bucket other = (Source.Bucket) Source.of("gcs::https://storage.evil.test/storage/v1/b/x", Map.of());
        Source.Bucket open = (Source.Bucket) Source.of("gcs::http://storage.googleapis.com/b/x", Map.of());
        assertThat(own.headers(agents)).containsEntry("Authorization", "Bearer t");
        assertThat(own.headers(Map.of())).isEmpty();
        assertThat(other.headers(agents)).isEmpty();
        assertThat(open.headers(agents)).isEmpty();
    }

    @Test
    void theBlocksOptionsWinOverTheQuery() {
        assertThat(Source.of("https://a.test/x?checksum=md5:a", Map.of("checksum", "md5:b")).common().options()).containsEntry("checksum", "md5:b");
    }
}
