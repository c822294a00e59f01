using System.Diagnostics;

namespace Engine.Mbufs;

/// <content>
/// Foreign code in the middle of an operation: callbacks and handlers that an exhausted allocation calls may enter a scope, and
/// that is one of this very cache. Its magazines are whole then, since an allocation calls nobody but between two items; what else the
/// operation has noted in the cache is put aside meanwhile.
/// </content>
public sealed partial class MbufCache
{
    private bool _isTelling;

    /// <summary>
    /// How many calls of foreign code this cache's operations are inside of, one in the other; the scope is not closed meanwhile. Visitors and
    /// transformers do not count: the operation that calls them has nothing in hand, and asks its claim again afterwards.
    /// </summary>
    private int _foreignCalls;

    /// <summary>Runs the callbacks, if it is their time. True if they were run.</summary>
    private bool TryReclaimFor(ZoneId zone)
    {
        Interlude interlude = BeginInterlude();
        try
        {
            return Arena.TryReclaimFor(zone);
        }
        finally
        {
            EndInterlude(interlude);
        }
    }

    /// <summary>
    /// Tells of a request that nothing could grant, if it is time to; but not of one that a handler made which is being told.
    /// </summary>
    private void NoteLimit(ZoneId zone)
    {
        if (_isTelling)
        {
            return;
        }

        Interlude interlude = BeginInterlude();
        _isTelling = true;
        try
        {
            Arena.NoteLimit(zone);
        }
        finally
        {
            _isTelling = false;
            EndInterlude(interlude);
        }
    }

    private Interlude BeginInterlude()
    {
        Debug.Assert(!_gathers && !_isProbing, "Neither what frees many packets nor what probes zones calls foreign code.");
        var interlude = new Interlude(IsWaiting, _routinesHeld, TakeDue());
        _foreignCalls++;
        IsWaiting = false;
        _routinesHeld = false;
        return interlude;
    }

    private void EndInterlude(Interlude interlude)
    {
        _foreignCalls--;
        IsWaiting = interlude.IsWaiting;
        _routinesHeld = interlude.RoutinesHeld;
        if (interlude.FirstDue != 0)
        {
            AddDue(interlude.FirstDue);
        }
    }

    /// <summary>What an operation goes on with afterwards.</summary>
    private readonly record struct Interlude(bool IsWaiting, bool RoutinesHeld, uint FirstDue);
}
