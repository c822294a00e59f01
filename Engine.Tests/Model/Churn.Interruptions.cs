using System.Runtime.ExceptionServices;

namespace Engine.Mbufs.Tests.Model;

/// <content>What happens in the middle of an operation: memory is freed before a denial, allocations fail on purpose.</content>
internal sealed partial class Churn
{
    private ExceptionDispatchInfo? _interruption;
    private long _reclaims;
    private long _warnings;

    /// <summary>How often another packet was freed in the middle of an operation, which then went on.</summary>
    public long Reclaims => _reclaims;

    public long Warnings => _warnings;

    private void ExpectInterruptions()
    {
        _arena.RegisterReclaim(FreeAnother);
        _arena.LimitReached += (_, _) => _warnings++;
        _arena.CallbackFailed += (_, failure) => _interruption ??= ExceptionDispatchInfo.Capture(failure.GetException());
    }

    /// <summary>A difference that a callback met comes out when the operation is over.</summary>
    private void ThrowInterruption() => _interruption?.Throw();

    /// <summary>
    /// Frees a packet that no operation is at, or a tag, or nothing. It may be the partner of one that an operation is at, whose
    /// storage becomes writable at that moment.
    /// </summary>
    private void FreeAnother()
    {
        if (_isDraining || OneIn(3))
        {
            return;
        }

        using MbufScope mbufs = _arena.Enter();
        if (Pick() is { IsOpen: false } packet)
        {
            _reclaims++;
            mbufs.Open(packet.Handle).Free();
            Remove(packet);
        }
        else if (TryTakeTag(out LooseTag tag))
        {
            mbufs.OpenTag(tag.Handle).Free();
        }
    }

    /// <summary>Lets one of the next allocations fail.</summary>
    private void FailSoon()
    {
        if (_settings.IsStressed && OneIn(40))
        {
            _arena.Stress.FailAllocationNumber = Noted(1 + _random.Next(6));
        }
    }
}
