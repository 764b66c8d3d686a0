package dev.migrator.pg.internal.throttle;

import dev.migrator.engine.StepFailure;
import dev.migrator.pg.internal.sql.SqlErrors;
import dev.migrator.pg.internal.throttle.Decision.Candidate;
import dev.migrator.throttle.ThrottleAnswer;
import dev.migrator.throttle.ThrottleKey;
import dev.migrator.throttle.ThrottleLimit;
import dev.migrator.throttle.ThrottleSettings;
import dev.migrator.throttle.ThrottleUnit;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All signals of the server: asks those that are on, and remembers what each one said before. */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final List<Signal> signals = List.of(
            new Waiters(),
            new WraparoundAge(),
            new ReplicaLag(),
            new ReplicaBytes(),
            new PromisedStandbys(),
            new SlotBytes(),
            new WalRate(),
            new ArchiveBacklog(),
            new ActiveSessions(),
            new DeadTuples(),
            new XminAge(),
            new Probe(),
            new Windows());
    private final Map<ThrottleKey, Past> pasts = new EnumMap<>(ThrottleKey.class);
    private boolean anyUnknown;
    private boolean anyUrgent;

    /** What a signal said before, under which settings. */
    private record Past(String settings, Hysteresis hysteresis) {}

    /** What each signal says now. */
    List<Candidate> ask(Look look, ThrottleSettings settings) {
        return ask(settings, signal -> signal.read(look, settings));
    }

    /** What each signal says while the server can't be asked. */
    List<Candidate> unreachable(ThrottleSettings settings, String why) {
        return ask(settings, signal -> new Reading.Unknown(why));
    }

    /** Whether one that was asked for could not be told at the last look. */
    boolean anyUnknown() {
        return anyUnknown;
    }

    /** Whether one may be far worse in a second. */
    boolean anyUrgent() {
        return anyUrgent;
    }

    private interface Asking {
        Reading of(Signal signal) throws SQLException;
    }

    private List<Candidate> ask(ThrottleSettings settings, Asking asking) {
        anyUnknown = false;
        anyUrgent = false;
        List<Candidate> answers = new ArrayList<>();
        for (Signal signal : signals) {
            if (isOn(signal, settings)) {
                Past past = past(signal, settings);
                ThrottleAnswer answer = answer(signal, past, reading(signal, asking), settings);
                answers.add(new Candidate(signal.key().key(), answer));
            } else {
                pasts.remove(signal.key());
            }
        }
        return answers;
    }

    private static boolean isOn(Signal signal, ThrottleSettings settings) {
        boolean probes = signal.key() != ThrottleKey.PROBE_TIME
                || settings.value(ThrottleKey.PROBE).isPresent();
        return probes && settings.value(signal.key()).isPresent();
    }

    /** A probe is asked for by its query. */
    private static boolean isAsked(Signal signal, ThrottleSettings settings) {
        return settings.asks(signal.key()) || signal.key() == ThrottleKey.PROBE_TIME;
    }

    private static Reading reading(Signal signal, Asking asking) {
        try {
            return asking.of(signal);
        } catch (SQLException e) {
            return new Reading.Unknown(SqlErrors.describe(e));
        } catch (StepFailure e) {
            return new Reading.Unknown(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // What the server answered is not what this version expects; the work must not break of it.
            LOG.debug("A signal could not be read", e);
            return new Reading.Unknown("its answer can't be read: " + e);
        }
    }

    private ThrottleAnswer answer(Signal signal, Past past, Reading reading, ThrottleSettings settings) {
        if (reading instanceof Reading.Unknown unknown) {
            LOG.debug("Signal {} is not known: {}", signal.key().key(), unknown.why());
            anyUnknown |= isAsked(signal, settings);
        }
        if (signal.isExact() && reading instanceof Reading.Fine) {
            return ThrottleAnswer.normal();
        }
        ThrottleAnswer answer = past.hysteresis().after(reading);
        boolean measured = signal.key().unit() != ThrottleUnit.TEXT;
        anyUrgent |= measured
                && !(answer instanceof ThrottleAnswer.Stop)
                && settings.limit(signal.key())
                        .filter(limit -> signal.isUrgent(reading, limit))
                        .isPresent();
        return answer;
    }

    /** A limit that has changed counts at once, both ways. */
    private Past past(Signal signal, ThrottleSettings settings) {
        String now = settings.value(signal.key()).orElse("");
        Past known = pasts.get(signal.key());
        if (known == null || !known.settings().equals(now)) {
            Optional<ThrottleLimit> limit =
                    signal.key().unit() != ThrottleUnit.TEXT ? settings.limit(signal.key()) : Optional.empty();
            known = new Past(now, new Hysteresis(signal.noun(), limit, isAsked(signal, settings)));
            pasts.put(signal.key(), known);
        }
        return known;
    }
}
