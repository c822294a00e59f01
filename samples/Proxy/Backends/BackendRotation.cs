namespace Proxy;

/// <summary>
/// A worker's view of the backends: round robin, then on to the next when one cannot be reached. One that failed is passed over
/// for a second as long as another is left, so that a dead backend does not cost every connection its connect timeout. The turn
/// is shared by all workers, what failed is each one's own experience.
/// </summary>
internal sealed class BackendRotation(BackendList backends)
{
    private const long PassOverMilliseconds = 1_000;

    private readonly BackendTarget[] _targets = backends.Targets;
    private readonly long[] _passOverUntil = new long[backends.Targets.Length];

    public int TargetCount => _targets.Length;

    public ref readonly BackendTarget this[int target] => ref _targets[target];

    /// <summary>The target for a new connection.</summary>
    public int Begin(long now) => FirstWorthTrying(backends.TakeTurn(), now);

    /// <summary>The target to try after one that failed.</summary>
    public int After(int target, long now) => FirstWorthTrying(Following(target), now);

    public void MarkUnreachable(int target, long now) => _passOverUntil[target] = now + PassOverMilliseconds;

    private int FirstWorthTrying(int first, long now)
    {
        int target = first;
        do
        {
            if (_passOverUntil[target] <= now)
            {
                return target;
            }

            target = Following(target);
        }
        while (target != first);
        return first;
    }

    private int Following(int target) => target + 1 == _targets.Length ? 0 : target + 1;
}
