using System.Runtime.CompilerServices;

namespace Engine.Mbufs;

/// <content>
/// References to one storage that end one after the other, as those of the parts of a packet do when all parts are freed
/// together: they are gathered, and counted down once; or never, if they are all there are.
/// </content>
public sealed partial class MbufCache
{
    /// <summary>Many packets are being freed, and <see cref="EndFreeingMany"/> will come.</summary>
    private bool _gathers;

    private StorageKind _gatheredKind;
    private uint _gatheredStorage;

    /// <summary>References to that storage that have ended and are still counted.</summary>
    private int _gathered;

    /// <summary>From here on references are gathered. Nothing that runs until the end calls foreign code.</summary>
    internal void BeginFreeingMany() => _gathers = true;

    /// <summary>Counts down what was gathered.</summary>
    internal void EndFreeingMany()
    {
        _gathers = false;
        if (_gathered != 0)
        {
            CountDownGathered();
        }
    }

    /// <summary>
    /// Gathers the reference of a header, which is not the only one. True if those gathered are all there are: nobody else can
    /// come to have one, and the storage is the caller's alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Gather(ref MbufHeader header, ref int count)
    {
        if (_gathered != 0 && (_gatheredStorage != header.Storage || _gatheredKind != header.Kind))
        {
            CountDownGathered();
        }

        _gatheredKind = header.Kind;
        _gatheredStorage = header.Storage;
        _gathered++;
        if (Volatile.Read(ref count) != _gathered)
        {
            return false;
        }

        _gathered = 0;
        return true;
    }

    /// <summary>Whoever had the other references may have dropped them meanwhile; then the storage is given back here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountDownGathered()
    {
        int gathered = _gathered;
        _gathered = 0;
        if (Interlocked.Add(ref CountOf(_gatheredKind, _gatheredStorage), -gathered) == 0)
        {
            GiveStorage(_gatheredKind, _gatheredStorage);
        }
    }
}
