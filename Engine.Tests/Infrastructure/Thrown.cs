namespace Engine.Mbufs.Tests;

/// <summary>What a use of a ref struct throws: a lambda cannot capture one, so it is passed in.</summary>
internal static class Thrown
{
    public delegate void ScopeUse(in MbufScope mbufs);

    public delegate void ValueUse<in TValue>(in MbufScope mbufs, TValue value);

    public static Exception? ByCall(Action call)
    {
        try
        {
            call();
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    public static Exception? By(in MbufScope mbufs, ScopeUse use)
    {
        try
        {
            use(mbufs);
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    public static Exception? By<TValue>(in MbufScope mbufs, TValue value, ValueUse<TValue> use)
    {
        try
        {
            use(mbufs, value);
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    public static Exception? By(MbufChain chain, Action<MbufChain> use)
    {
        try
        {
            use(chain);
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    public static Exception? ByPosition(MbufPosition position)
    {
        try
        {
            _ = position.OffsetInSegment;
            return null;
        }
        catch (MbufException error)
        {
            return error;
        }
    }

    public static Exception? ByTag(MbufTag tag)
    {
        try
        {
            _ = tag.Length;
            return null;
        }
        catch (MbufException error)
        {
            return error;
        }
    }
}
