package dev.migrator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockModeTest {

    /** The manual's table 13.2, one row a mode, an X for each mode that conflicts, weakest first. */
    @ParameterizedTest
    @CsvSource({
        "ACCESS_SHARE,           .......X",
        "ROW_SHARE,              ......XX",
        "ROW_EXCLUSIVE,          ....XXXX",
        "SHARE_UPDATE_EXCLUSIVE, ...XXXXX",
        "SHARE,                  ..XX.XXX",
        "SHARE_ROW_EXCLUSIVE,    ..XXXXXX",
        "EXCLUSIVE,              .XXXXXXX",
        "ACCESS_EXCLUSIVE,       XXXXXXXX",
    })
    void conflictsAreThoseOfTheManual(LockMode mode, String row) {
        List<LockMode> modes = List.of(LockMode.values());
        StringBuilder found = new StringBuilder();
        modes.forEach(other -> found.append(mode.conflictsWith(other) ? 'X' : '.'));

        assertThat(found).hasToString(row);
    }

    @Test
    void aModeIsNamedAsTheServerNamesIt() {
        assertThat(LockMode.SHARE_UPDATE_EXCLUSIVE.sql()).isEqualTo("SHARE UPDATE EXCLUSIVE");
        assertThat(LockMode.SHARE_UPDATE_EXCLUSIVE.catalogName()).isEqualTo("ShareUpdateExclusiveLock");
        assertThat(LockMode.ACCESS_SHARE.catalogName()).isEqualTo("AccessShareLock");
    }

    @Test
    void whatAnApplicationsWritesOrReadsWaitForHurts() {
        assertThat(List.of(LockMode.values()).stream().filter(LockMode::hurtsApplications))
                .containsExactly(
                        LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE);
    }
}
