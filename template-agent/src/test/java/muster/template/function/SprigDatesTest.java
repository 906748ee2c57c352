package muster.template.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import muster.template.dependency.Values;
import muster.template.language.Delimiters;
import muster.template.language.MissingKey;
import muster.template.render.Dialect;
import muster.template.render.RenderResult;
import muster.template.render.Renderer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SprigDatesTest {
    private static String rendered(String template) {
        Renderer renderer = Renderer.parse("t", template, Dialect.GO, Delimiters.DEFAULT, MissingKey.ZERO, name -> "");
        return switch (renderer.render(Values.NONE, new Context.Settings(Map.of(), List.of(), Outside.NOTHING), Instant.parse("2026-01-02T03:04:05Z"))) {
            case RenderResult.Rendered output -> output.text();
            case RenderResult.Missing missing -> "missing";
            case RenderResult.Failed failed -> failed.message();
        };
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "##", textBlock = """
            a date prints as Go's time does                ## {{sprig_toDate "2006-01-02" "2017-12-31"}}                              ## 2017-12-31 00:00:00 +0000 UTC
            what does not fit is the zero time             ## {{sprig_toDate "2006-01-02" "soon"}}                                    ## 0001-01-01 00:00:00 +0000 UTC
            an offset is kept                              ## {{sprig_toDate "2006-01-02T15:04:05Z07:00" "2017-12-31T23:59:59.5+02:00"}} ## 2017-12-31 23:59:59.5 +0200 +0200
            names and halves of the day                    ## {{sprig_toDate "Mon Jan _2 3:04PM 2006" "Sun Dec 31 1:05PM 2017"}}      ## 2017-12-31 13:05:00 +0000 UTC
            seconds since 1970                             ## {{sprig_toDate "2006-01-02" "2017-12-31" | sprig_unixEpoch}}            ## 1514678400
            a date moves by a duration                     ## {{(sprig_toDate "2006-01-02" "2017-12-31" | sprig_mustDateModify "-1h30m").Unix}} ## 1514673000
            methods of a date                              ## {{with sprig_toDate "2006-01-02" "2017-12-31"}}{{.Year}} {{.YearDay}} {{.Format "02.01.2006"}}{{end}} ## 2017 365 31.12.2017
            how long ago                                   ## {{sprig_toDate "2006-01-02" "2026-01-01" | sprig_ago}}                  ## 27h4m5s
            how long ago are seconds since 1970            ## {{sprig_ago 1767323000}}                                                ## 45s
            """)
    void dates(String name, String template, String expected) {
        assertThat(rendered(template)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = "##", textBlock = """
            text that does not fit     ## {{sprig_mustToDate "2006-01-02" "soon"}}         ## parsing time "soon" as "2006-01-02": cannot parse "soon" as "2006"
            a day that is not there    ## {{sprig_mustToDate "2006-01-02" "2017-02-30"}}   ## parsing time "2017-02-30": day out of range
            a month that is not there  ## {{sprig_mustToDate "2006-01-02" "2017-13-01"}}   ## parsing time "2017-13-01": month out of range
            text that is left          ## {{sprig_mustToDate "2006-01-02" "2017-12-31x"}}  ## parsing time "2017-12-31x": extra text: "x"
            no date                    ## {{sprig_unixEpoch "x"}}                          ## a date is wanted
            """)
    void mistakes(String name, String template, String message) {
        assertThat(rendered(template)).contains(message);
    }
}
