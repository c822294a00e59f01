using NUnit.Framework;

namespace Engine.Mbufs.Tests;

/// <summary>
/// Exactly this exception, not one derived from it. Chains and scopes cannot be captured by a lambda, so they are handed to it.
/// </summary>
internal static class Expect
{
    public static TException Throws<TException>(MbufChain chain, Action<MbufChain> action)
        where TException : Exception
    {
        try
        {
            action(chain);
        }
        catch (TException exception) when (exception.GetType() == typeof(TException))
        {
            return exception;
        }

        throw Nothing<TException>();
    }

    public static TException Throws<TException>(MbufChain chain, MbufChain other, Action<MbufChain, MbufChain> action)
        where TException : Exception
    {
        try
        {
            action(chain, other);
        }
        catch (TException exception) when (exception.GetType() == typeof(TException))
        {
            return exception;
        }

        throw Nothing<TException>();
    }

    public static TException Throws<TException>(MbufScope mbufs, Action<MbufScope> action)
        where TException : Exception
    {
        try
        {
            action(mbufs);
        }
        catch (TException exception) when (exception.GetType() == typeof(TException))
        {
            return exception;
        }

        throw Nothing<TException>();
    }

    public static TException Throws<TException>(MbufPosition position, Action<MbufPosition> action)
        where TException : Exception
    {
        try
        {
            action(position);
        }
        catch (TException exception) when (exception.GetType() == typeof(TException))
        {
            return exception;
        }

        throw Nothing<TException>();
    }

    private static AssertionException Nothing<TException>() => new($"Nothing was thrown; it should have been {typeof(TException).Name}.");
}
